// A table's rows as a grid: typed into, or pasted from a spreadsheet. What is sent is the text area's text: tabs between cells.
(() => {
  'use strict';
  const MOST = { rows: 60, columns: 8 };

  /** Cells of pasted text; spreadsheets put cells that hold a line break or a tab into quotes. */
  function cellsOf(text) {
    const rows = [[]];
    let cell = '';
    let quoted = false;
    const clean = text.replace(/\r\n?/g, '\n').replace(/\n$/, '');
    for (let place = 0; place < clean.length; place += 1) {
      const char = clean[place];
      if (quoted && char === '"' && clean[place + 1] === '"') {
        cell += '"';
        place += 1;
      } else if (char === '"' && (quoted || cell === '')) quoted = !quoted;
      else if (!quoted && (char === '\t' || char === '\n')) {
        rows[rows.length - 1].push(cell);
        cell = '';
        if (char === '\n') rows.push([]);
      } else cell += char;
    }
    rows[rows.length - 1].push(cell);
    return rows.map((row) => row.map((one) => one.replace(/\s+/g, ' ').trim()));
  }

  function kept(text) {
    const mark = text.includes('\t') ? '\t' : '|';
    return text.split('\n').filter((line) => line.trim()).map((line) => line.split(mark).map((cell) => cell.trim()));
  }

  class Table extends window.StimulusModule.Controller {
    connect() {
      const area = this.element;
      this.rows = kept(area.value);
      const width = Math.max(2, ...this.rows.map((row) => row.length));
      while (this.rows.length < 3) this.rows.push([]);
      this.rows.forEach((row) => { while (row.length < width) row.push(''); });
      this.box = document.createElement('div');
      this.box.className = 'bt-table';
      area.after(this.box);
      area.hidden = true;
      this.draw();
    }

    disconnect() {
      this.box?.remove();
      this.element.hidden = false;
    }

    said(name, values = {}) {
      return (this.element.dataset[name] || '').replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? '');
    }

    button(label, text, act, className = 'button button-small button-secondary') {
      const made = document.createElement('button');
      Object.assign(made, { type: 'button', className, textContent: text, title: label });
      made.setAttribute('aria-label', label);
      made.addEventListener('click', act);
      return made;
    }

    draw(focus) {
      const grid = document.createElement('table');
      grid.className = 'bt-table__grid';
      this.rows.forEach((row, down) => {
        const line = grid.insertRow();
        row.forEach((value, across) => line.insertCell().append(this.cell(value, down, across)));
        const end = line.insertCell();
        if (this.rows.length > 2) end.append(this.button(this.said('btLessRow'), '×', () => this.less(down, null), 'bt-table__less'));
      });
      const foot = grid.insertRow();
      this.rows[0].forEach((_value, across) => {
        const end = foot.insertCell();
        if (this.rows[0].length > 1) end.append(this.button(this.said('btLessColumn'), '×', () => this.less(null, across), 'bt-table__less'));
      });
      const scroll = document.createElement('div');
      scroll.className = 'bt-table__scroll';
      scroll.append(grid);
      const more = document.createElement('div');
      more.className = 'bt-actions';
      more.append(
        this.button(this.said('btRow'), `+ ${this.said('btRow')}`, () => this.more(1, 0)),
        this.button(this.said('btColumn'), `+ ${this.said('btColumn')}`, () => this.more(0, 1)),
      );
      this.box.replaceChildren(scroll, more);
      if (focus) grid.rows[focus[0]]?.cells[focus[1]]?.querySelector('input')?.focus();
    }

    cell(value, down, across) {
      const input = document.createElement('input');
      Object.assign(input, { type: 'text', value, maxLength: 120 });
      input.setAttribute('aria-label', this.said('btCell', { row: down + 1, column: across + 1 }));
      input.addEventListener('input', () => {
        this.rows[down][across] = input.value;
        this.keep();
      });
      input.addEventListener('paste', (event) => this.paste(event, down, across));
      input.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        if (down + 1 === this.rows.length) this.more(1, 0, [down + 1, across]);
        else this.box.querySelector('table').rows[down + 1].cells[across].querySelector('input').focus();
      });
      return input;
    }

    paste(event, down, across) {
      const text = event.clipboardData?.getData('text/plain') || '';
      if (!/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      const cells = cellsOf(text);
      const width = Math.min(MOST.columns, Math.max(this.rows[0].length, ...cells.map((row) => across + row.length)));
      while (this.rows.length < Math.min(MOST.rows, down + cells.length)) this.rows.push([]);
      this.rows.forEach((row) => { while (row.length < width) row.push(''); });
      cells.forEach((row, y) => row.forEach((value, x) => {
        if (this.rows[down + y] && across + x < width) this.rows[down + y][across + x] = value;
      }));
      this.keep();
      this.draw([down, across]);
    }

    more(rows, columns, focus) {
      if (rows && this.rows.length < MOST.rows) this.rows.push(this.rows[0].map(() => ''));
      if (columns && this.rows[0].length < MOST.columns) this.rows.forEach((row) => row.push(''));
      this.draw(focus || (rows ? [this.rows.length - 1, 0] : [0, this.rows[0].length - 1]));
    }

    less(row, column) {
      if (row !== null) this.rows.splice(row, 1);
      if (column !== null) this.rows.forEach((one) => one.splice(column, 1));
      this.keep();
      this.draw();
    }

    keep() {
      this.element.value = this.rows.map((row) => row.map((cell) => cell.replace(/\s+/g, ' ').trim()).join('\t')).join('\n');
      this.element.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }

  window.wagtail.app.register('bt-table', Table);
})();
