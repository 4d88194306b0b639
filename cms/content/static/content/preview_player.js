// The stage: the chosen faces of a cluster side by side in true proportions, stepping through the pages at their true times.
import { drawFace, load, moves, picture } from './preview_stage.js';
import { paint, pixelArcmin, scaleOf, trueScale } from './preview_looks.js';

const CALM = window.matchMedia('(prefers-reduced-motion: reduce)');
const TALLEST = 420;

/** @param {HTMLElement} root @param {Record<string, string>} words */
export class Player {
  constructor(root, words) {
    this.root = root;
    this.words = words;
    this.part = (name) => root.querySelector(`[data-bt-${name}]`);
    this.scenes = [];
    this.images = new Map();
    this.at = 0; // the page on show
    this.ms = 0; // since it came in
    this.before = null;
    this.playing = false;
    this.look = 'pixels';
    this.chosen = '';
    this.beside = [];
    this.cluster = null;
    this.views = [];
    new ResizeObserver(() => this.draw()).observe(this.part('stage'));
  }

  /** Show another cluster: its faces, none drawn yet. */
  setCluster(cluster) {
    this.cluster = cluster;
    this.scenes = [];
    if (!cluster.faces.some((face) => face.letter === this.chosen)) this.chosen = cluster.faces.length > 1 && cluster.span ? '' : cluster.faces[0].letter;
    this.choices();
    this.build();
  }

  /** What was drawn of a draft; the page on show stays where it was. Its pictures are waited for, the others come after. */
  async setScenes(scenes) {
    const at = Math.min(this.at, scenes.length - 1);
    const images = await load(scenes.slice(at, at + 1), this.chosen);
    this.scenes = scenes;
    this.images = images;
    this.at = Math.min(this.at, scenes.length - 1);
    this.before = null;
    if (!this.playing) this.ms = this.settled();
    this.pages();
    this.draw();
    load(scenes, '').then((all) => {
      if (this.scenes !== scenes) return;
      this.images = all;
      this.draw();
    }, () => {}); // the next draft brings them
  }

  setBeside(scenes) {
    this.beside = scenes;
    this.drawBeside();
  }

  /** A moment at which a page has come in and stands. */
  settled() {
    const scene = this.scenes[this.at];
    return scene ? Math.min(1500, scene.ms / 2) : 0;
  }

  choices() {
    const row = this.part('face-row');
    const all = this.cluster.faces.length > 1 ? [''] : [];
    row.replaceChildren(...[...all, ...this.cluster.faces.map((face) => face.letter)].map((letter) => this.choice(letter)));
  }

  choice(letter) {
    const label = document.createElement('label');
    const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'bt-face', value: letter, checked: letter === this.chosen });
    input.dataset.btLocal = '';
    input.addEventListener('change', () => {
      this.chosen = letter;
      this.build();
      this.drawBeside();
    });
    const word = document.createElement('span');
    word.textContent = letter ? letter.toUpperCase() : this.words.all;
    label.append(input, word);
    return label;
  }

  faces() {
    return this.cluster ? this.cluster.faces.filter((face) => !this.chosen || face.letter === this.chosen) : [];
  }

  /** A canvas for each chosen face, and its exact pixels behind it. */
  build() {
    const stage = this.part('stage');
    this.views = this.faces().map((face) => {
      const figure = document.createElement('figure');
      const shown = Object.assign(document.createElement('canvas'), { className: 'bt-stage__face' });
      shown.setAttribute('role', 'img');
      const caption = document.createElement('figcaption');
      caption.textContent = `${face.letter.toUpperCase()} · ${face.width} × ${face.height} px`;
      figure.append(shown, caption);
      const exact = Object.assign(document.createElement('canvas'), { width: face.width, height: face.height });
      return { face, figure, shown, exact, pen: exact.getContext('2d') };
    });
    stage.replaceChildren(...this.views.map((view) => view.figure));
    this.draw();
  }

  /** CSS pixels for one millimetre of the wall at which the chosen faces with their gaps fill the panel. */
  perMm() {
    const faces = this.faces();
    const wide = faces.reduce((sum, face, place) => sum + face.width * face.pitch + (place < faces.length - 1 ? face.gap : 0), 0);
    const high = Math.max(...faces.map((face) => face.height * face.pitch));
    return Math.min((this.part('stage').clientWidth - 2) / wide, TALLEST / high);
  }

  draw() {
    if (!this.cluster || !this.views.length || this.part('stage').clientWidth < 20) return;
    const perMm = this.perMm();
    const scene = this.scenes[this.at];
    this.part('stage').dataset.look = this.look;
    this.views.forEach(({ face, figure, shown, exact, pen }, place) => {
      if (scene) drawFace(pen, face.letter, scene, this.before, this.time(), this.images, CALM.matches || !this.playing);
      else pen.clearRect(0, 0, face.width, face.height);
      const fit = perMm * face.pitch;
      paint(shown, exact, this.look, scaleOf(this.look, fit), face.pitch);
      const stretch = scaleOf(this.look, fit) / fit;
      figure.style.marginInlineEnd = place < this.views.length - 1 ? `${Math.round(face.gap * perMm * stretch)}px` : '0';
      shown.setAttribute('aria-label', this.words.face.replace('%(letter)s', face.letter.toUpperCase()).replace('%(number)s', String(this.at + 1)));
      this.inset(figure, exact, face, fit);
    });
    this.tellScale();
    this.tellPlace();
  }

  /** Beside what the eye parts, enlarged, the face as large as it appears from there. */
  inset(figure, exact, face, fit) {
    let small = figure.querySelector('.bt-stage__true');
    const metres = Number(this.look);
    const scale = metres ? trueScale(face.pitch, metres) : 0;
    if (!metres || scale >= fit) {
      if (small) small.remove();
      return;
    }
    if (!small) {
      small = Object.assign(document.createElement('canvas'), { className: 'bt-stage__true' });
      small.setAttribute('aria-hidden', 'true');
      figure.append(small);
    }
    paint(small, exact, 'pixels', scale, face.pitch);
  }

  /** Milliseconds as they are drawn: who wants no motion sees what runs once a second. */
  time() {
    return CALM.matches ? Math.floor(this.ms / 1000) * 1000 || this.settled() : this.ms;
  }

  tellScale() {
    const metres = Number(this.look);
    const face = this.faces()[0];
    const said = metres && face ? this.words.far.replace('%(metres)s', metres).replace('%(pitch)s', face.pitch).replace('%(arc)s', pixelArcmin(face.pitch, metres).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })) : '';
    const near = metres && face && trueScale(face.pitch, metres) < this.perMm() * face.pitch ? ` ${this.words.inset}` : '';
    this.part('scale').textContent = said + near;
  }

  tellPlace() {
    const scene = this.scenes[this.at];
    const place = this.part('place');
    place.textContent = scene ? `${this.words.page.replace('%(number)s', this.at + 1).replace('%(count)s', this.scenes.length)} · ${this.words.seconds.replace('%(seconds)s', (scene.ms / 1000).toLocaleString(document.documentElement.lang))}` : '';
    this.part('pages').querySelectorAll('button').forEach((button, number) => {
      if (number === this.at) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
      button.style.setProperty('--done', number === this.at && scene && this.playing ? String(Math.min(1, this.ms / scene.ms)) : '0');
    });
  }

  pages() {
    this.part('pages').replaceChildren(...this.scenes.map((scene, number) => {
      const item = document.createElement('li');
      item.style.flexGrow = String(scene.ms);
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: String(number + 1) });
      button.setAttribute('aria-label', this.words.page.replace('%(number)s', number + 1).replace('%(count)s', this.scenes.length) + (scene.score ? `, ${scene.score.word}` : ''));
      if (scene.score) button.dataset.score = scene.score.code;
      button.addEventListener('click', () => this.go(number));
      item.append(button);
      return item;
    }));
  }

  /** Show a page as it stands. */
  go(number) {
    if (!this.scenes.length) return;
    this.at = (number + this.scenes.length) % this.scenes.length;
    this.before = null;
    this.ms = this.playing ? 0 : this.settled();
    this.draw();
    this.drawBeside();
  }

  play(on) {
    this.playing = on && this.scenes.length > 0;
    const button = this.part('play');
    button.setAttribute('aria-pressed', String(this.playing));
    this.part('play-mark').textContent = this.playing ? '❚❚' : '▶';
    this.part('play-word').textContent = this.playing ? this.words.pause : this.words.play;
    if (!this.playing) {
      this.ms = this.settled();
      this.draw();
      return;
    }
    this.ms = 0;
    this.last = performance.now();
    requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    if (!this.playing || !this.root.isConnected) return;
    this.ms += now - this.last;
    this.last = now;
    const scene = this.scenes[this.at];
    if (scene && this.ms >= scene.ms) {
      this.before = scene;
      this.ms -= scene.ms;
      this.at = (this.at + 1) % this.scenes.length;
      this.drawBeside();
      this.draw();
    } else if (scene && (this.ms < scene.transition.ms + 100 || moves(scene))) this.draw();
    else this.tellPlace();
    requestAnimationFrame((next) => this.tick(next));
  }

  /** The same page of another language's version, as it was drawn when it was saved. */
  async drawBeside() {
    const box = this.part('beside-shown');
    if (!box) return;
    const select = this.part('beside');
    if (!select.value) {
      box.replaceChildren();
      return;
    }
    const scene = this.beside[Math.min(this.at, this.beside.length - 1)];
    if (!scene) {
      box.textContent = this.words.nothing;
      return;
    }
    const shown = await Promise.all(this.faces().filter((face) => scene.faces[face.letter]).map(async (face) => {
      const image = (await picture(scene.faces[face.letter])).cloneNode();
      image.className = 'bt-stage__face';
      image.alt = this.words.face.replace('%(letter)s', face.letter.toUpperCase()).replace('%(number)s', String(Math.min(this.at, this.beside.length - 1) + 1));
      image.style.width = `${Math.round(this.perMm() * face.pitch * face.width)}px`;
      return image;
    }));
    box.replaceChildren(...shown);
  }
}
