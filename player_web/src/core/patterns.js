/**
 * Test patterns that a technician sees on the spot: the same names, colours and uses as those of the CMS (`renderers/patterns.py`),
 * and one for gamma. Each draws a face's own pixels on a 2D context. Pure: what moves is a function of the milliseconds.
 *
 * @typedef {{id: string, width: number, height: number}} Face pixels, before its rotation on the canvas
 * @typedef {import("../pages/texts.js").Text} Text
 * @typedef {object} Pen what is used of a CanvasRenderingContext2D
 * @property {string | CanvasGradient | CanvasPattern} fillStyle
 * @property {string} font
 * @property {CanvasTextAlign} textAlign
 * @property {CanvasTextBaseline} textBaseline
 * @property {(x: number, y: number, width: number, height: number) => void} fillRect
 * @property {(text: string, x: number, y: number, most?: number) => void} fillText
 * @typedef {{text: Text, proves: Text, moves?: boolean, draw: (pen: Pen, face: Face, ms: number) => void}} Pattern
 */

const WHITE = "#fff";
const INK = "#080a0e";
const QUIET = "#465060";
const ACCENT = "#ffbe3c";
/** Full fields are shown at 60 % of full level: a whole white face draws more than its supply may give. */
const LIMIT = 153;
/** Speed of moving lines, px/s: one pixel in each picture at 60 Hz. */
const LINE = 60;
const BLOCK = 16;
/** Longest that a pattern is shown, milliseconds. */
export const MOST_MS = 300_000;

/** @param {Pen} pen @param {Face} face @param {string} colour */
function fill(pen, { width, height }, colour) {
  pen.fillStyle = colour;
  pen.fillRect(0, 0, width, height);
}

/** The outermost pixels. @param {Pen} pen @param {Face} face */
function frame(pen, { width, height }) {
  pen.fillStyle = WHITE;
  pen.fillRect(0, 0, width, 1);
  pen.fillRect(0, height - 1, width, 1);
  pen.fillRect(0, 0, 1, height);
  pen.fillRect(width - 1, 0, 1, height);
}

/** @param {Pen} pen @param {string} text @param {number} x @param {number} y @param {number} size @param {[CanvasTextAlign, CanvasTextBaseline]} anchor @param {number} [most] */
function write(pen, text, x, y, size, [align, baseline], most) {
  pen.fillStyle = WHITE;
  pen.font = `600 ${size}px system-ui, sans-serif`;
  pen.textAlign = align;
  pen.textBaseline = baseline;
  pen.fillText(text, x, y, most);
}

/** @param {Pen} pen @param {Face} face */
function letters(pen, face) {
  const { id, width, height } = face;
  fill(pen, face, "#0a1a3a");
  const short = Math.min(width, height);
  const wide = width >= height;
  const room = Math.min(height * 0.72, width * (wide ? 0.42 : 0.8));
  write(pen, id.toUpperCase(), width / 2, height * (wide ? 0.46 : 0.42), Math.max(10, Math.round(room)), ["center", "middle"]);
  const arrow = Math.max(6, Math.round(short * 0.16));
  const left = wide ? Math.round(width / 2 - room * 0.62 - arrow) : Math.round(width / 2 - arrow / 2);
  const top = wide ? Math.round(height / 2 - arrow) : Math.max(2, Math.round(height * 0.42 - room * 0.62 - arrow * 1.4));
  pen.fillStyle = ACCENT;
  for (let row = 0; row < arrow; row += 1) pen.fillRect(left + Math.round((arrow - row) / 2), top + row, row, 1);
  pen.fillRect(left + Math.round((arrow * 3) / 8), top + arrow, Math.max(1, Math.round(arrow / 4)), arrow);
  const size = Math.max(8, Math.min(Math.round(short * 0.13), Math.round(width * 0.09)));
  write(pen, `${width} × ${height}`, width / 2, height - short * 0.05, size, ["center", "bottom"]);
  frame(pen, face);
}

/** @param {Pen} pen @param {Face} face */
function border(pen, face) {
  const { width, height } = face;
  fill(pen, face, "#000");
  frame(pen, face);
  const arm = Math.max(4, Math.floor(Math.min(width, height) / 8));
  /** @type {[number, number, string][]} */
  const corners = [[3, 3, "#ff3c3c"], [width - 3, 3, "#3cff5a"], [3, height - 3, "#5082ff"], [width - 3, height - 3, "#ffdc3c"]];
  for (const [x, y, colour] of corners) {
    pen.fillStyle = colour;
    pen.fillRect(x === 3 ? x : x - arm, y === 3 ? y : y - 2, arm, 2);
    pen.fillRect(x === 3 ? x : x - 2, y === 3 ? y : y - arm, 2, arm);
  }
  pen.fillStyle = QUIET;
  pen.fillRect(Math.floor(width / 2) - arm, Math.floor(height / 2), 2 * arm + 1, 1);
  pen.fillRect(Math.floor(width / 2), Math.floor(height / 2) - arm, 1, 2 * arm + 1);
}

/** @param {Pen} pen @param {Face} face */
function grid(pen, face) {
  const { width, height } = face;
  const short = Math.min(width, height);
  const step = short >= 512 ? 64 : short >= 96 ? 32 : 16;
  fill(pen, face, INK);
  const colour = (/** @type {number} */ at) => (at % (4 * step) === 0 ? ACCENT : QUIET);
  for (let x = 0; x < width; x += step) {
    pen.fillStyle = colour(x);
    pen.fillRect(x, 0, 1, height);
  }
  for (let y = 0; y < height; y += step) {
    pen.fillStyle = colour(y);
    pen.fillRect(0, y, width, 1);
  }
  const size = Math.max(8, Math.floor(step / 3));
  for (let x = 0; x < width; x += step) write(pen, `${x}`, x + 2, 2, size, ["left", "top"], step - 3);
  for (let y = step; y < height; y += step) write(pen, `${y}`, 2, y + 2, size, ["left", "top"], step - 3);
  frame(pen, face);
}

/** Eight bars at 75 % above the same at 100 %, then eleven greys from black to white. @param {Pen} pen @param {Face} face */
function bars(pen, { width, height }) {
  const order = [[1, 1, 1], [1, 1, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1], [1, 0, 0], [0, 0, 1], [0, 0, 0]];
  const half = Math.floor(height / 2);
  const rest = Math.floor((height * 5) / 6);
  /** @param {number} count @param {number} top @param {number} bottom @param {(number: number) => string} colour */
  const row = (count, top, bottom, colour) => {
    for (let number = 0; number < count; number += 1) {
      const [from, to] = [Math.ceil((width * number) / count), Math.ceil((width * (number + 1)) / count)];
      pen.fillStyle = colour(number);
      pen.fillRect(from, top, to - from, bottom - top);
    }
  };
  for (const [top, bottom, level] of [[0, half, 191], [half, rest, 255]]) {
    row(8, top, bottom, (number) => `rgb(${order[number].map((one) => one * level).join(" ")})`);
  }
  row(11, rest, height, (number) => grey(number * 25.5));
}

/** @param {number} level 0…255 */
function grey(level) {
  const whole = Math.round(level);
  return `rgb(${whole} ${whole} ${whole})`;
}

/** Four ramps from black, of red, green, blue and white, column by column: a browser's own gradient is dithered. @param {Pen} pen @param {Face} face */
function gradients(pen, { width, height }) {
  for (let x = 0; x < width; x += 1) {
    const level = Math.round((255 * x) / Math.max(1, width - 1));
    [`rgb(${level} 0 0)`, `rgb(0 ${level} 0)`, `rgb(0 0 ${level})`, grey(level)].forEach((colour, number) => {
      const top = Math.floor((height * number) / 4);
      pen.fillStyle = colour;
      pen.fillRect(x, top, 1, Math.floor((height * (number + 1)) / 4) - top);
    });
  }
}

/**
 * Rows of full white and black in turn beside plain greys: from afar the rows look as bright as the grey of the display's gamma.
 * @param {Pen} pen @param {Face} face
 */
function gamma(pen, face) {
  const { width, height } = face;
  const values = [1.0, 1.4, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8];
  fill(pen, face, "#000");
  const size = Math.max(8, Math.min(Math.floor(height / 8), Math.floor(width / values.length / 3)));
  values.forEach((value, number) => {
    const from = Math.floor((width * number) / values.length);
    const to = Math.floor((width * (number + 1)) / values.length);
    pen.fillStyle = WHITE;
    for (let y = 0; y < height; y += 2) pen.fillRect(from, y, to - from, 1);
    const inset = Math.floor((to - from) / 5);
    pen.fillStyle = grey(255 * 0.5 ** (1 / value));
    pen.fillRect(from + inset, Math.floor(height / 5), to - from - 2 * inset, Math.floor((height * 3) / 5));
    pen.fillStyle = "#000";
    pen.fillRect(from, height - size - 4, to - from, size + 4);
    write(pen, value.toFixed(1), (from + to) / 2, height - 2, size, ["center", "bottom"], to - from);
  });
}

/** @param {Pen} pen @param {Face} face @param {number} ms */
function lines(pen, face, ms) {
  const { width, height } = face;
  const thick = Math.min(width, height) >= 64 ? 2 : 1;
  const passed = Math.floor((LINE * ms) / 1000);
  fill(pen, face, "#000");
  pen.fillStyle = WHITE;
  pen.fillRect(passed % width, 0, thick, height);
  pen.fillStyle = ACCENT;
  pen.fillRect(0, passed % height, width, thick);
}

/** One lit pixel in each block of 16 × 16, in each column of blocks in another row: each pixel is lit once in 16 s. @param {Pen} pen @param {Face} face @param {number} ms */
function walk(pen, face, ms) {
  const { width, height } = face;
  const passed = Math.floor((BLOCK * ms) / 1000);
  fill(pen, face, "#000");
  pen.fillStyle = WHITE;
  for (let x = passed % BLOCK, block = -Math.floor(passed / BLOCK); x < width; x += BLOCK, block += 1) {
    const row = ((block * 5) % BLOCK + BLOCK) % BLOCK;
    for (let y = row; y < height; y += BLOCK) pen.fillRect(x, y, 1, 1);
  }
}

/** @param {string} colour @returns {Pattern["draw"]} */
const field = (colour) => (pen, face) => fill(pen, face, colour);

/** Every pattern by its name, in the order in which they are used. @type {Record<string, Pattern>} */
export const PATTERNS = {
  letters: {
    text: { vi: "Chữ cái mặt màn hình", en: "Face letters" },
    proves: { vi: "Đúng mặt, đúng chiều, đúng kích thước.", en: "The right face, the right way up, the right size." },
    draw: letters,
  },
  border: {
    text: { vi: "Viền một điểm ảnh", en: "Border of one pixel" },
    proves: { vi: "Bốn cạnh đều sáng: hình không bị cắt hay co giãn.", en: "All four sides lit: nothing is cropped or scaled." },
    draw: border,
  },
  grid: {
    text: { vi: "Lưới toạ độ", en: "Grid" },
    proves: { vi: "Module lắp đúng chỗ, không lệch, không lặp.", en: "Modules in their places, none shifted or repeated." },
    draw: grid,
  },
  bars: {
    text: { vi: "Sọc màu", en: "Colour bars" },
    proves: { vi: "Đúng thứ tự màu; 75 % ở trên, 100 % ở dưới.", en: "Colours in order; 75 % above, 100 % below." },
    draw: bars,
  },
  gradients: {
    text: { vi: "Dải chuyển màu", en: "Gradients" },
    proves: { vi: "Màu chuyển đều, không bậc thang, không mất vùng tối.", en: "Even ramps without steps or lost shadows." },
    draw: gradients,
  },
  gamma: {
    text: { vi: "Gamma", en: "Gamma" },
    proves: { vi: "Nhìn từ xa, ô nào hoà vào nền kẻ thì đó là gamma của màn hình.", en: "From afar, the field that melts into its rows names the display's gamma." },
    draw: gamma,
  },
  lines: {
    text: { vi: "Vạch chạy", en: "Moving lines" },
    proves: { vi: "Chuyển động đều, không giật, không xé hình.", en: "Even motion without jumps or tearing." },
    moves: true,
    draw: lines,
  },
  walk: {
    text: { vi: "Điểm ảnh chạy", en: "Pixel walk" },
    proves: { vi: "Tìm điểm ảnh chết hoặc luôn sáng.", en: "Finds dead and stuck pixels." },
    moves: true,
    draw: walk,
  },
  white: {
    text: { vi: "Nền trắng 60 %", en: "White at 60 %" },
    proves: { vi: "Độ đồng đều giữa các module.", en: "Evenness between modules." },
    draw: field(grey(LIMIT)),
  },
  red: {
    text: { vi: "Nền đỏ 60 %", en: "Red at 60 %" },
    proves: { vi: "Điểm đỏ chết, độ đồng đều.", en: "Dead red pixels, evenness." },
    draw: field(`rgb(${LIMIT} 0 0)`),
  },
  green: {
    text: { vi: "Nền lục 60 %", en: "Green at 60 %" },
    proves: { vi: "Điểm lục chết, độ đồng đều.", en: "Dead green pixels, evenness." },
    draw: field(`rgb(0 ${LIMIT} 0)`),
  },
  blue: {
    text: { vi: "Nền lam 60 %", en: "Blue at 60 %" },
    proves: { vi: "Điểm lam chết, độ đồng đều.", en: "Dead blue pixels, evenness." },
    draw: field(`rgb(0 0 ${LIMIT})`),
  },
};
