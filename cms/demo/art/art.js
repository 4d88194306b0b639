// The demo's pictures, drawn with care on a canvas: layered landscapes in the manner of gouache. `draw(name, t)` paints one
// picture at second `t`; the same seed gives the same strokes, so a clip is a picture that moves.
const canvas = document.querySelector("canvas");
const c = canvas.getContext("2d", { willReadFrequently: true });
const W = canvas.width, H = canvas.height;

function rng(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
function noise1(seed) {
  const r = rng(seed), v = Array.from({ length: 512 }, r);
  return (x) => {
    const i = Math.floor(x), f = x - i, s = f * f * (3 - 2 * f);
    return v[i & 511] * (1 - s) + v[(i + 1) & 511] * s;
  };
}
const fbm = (n, x, o = 5) => {
  let s = 0, a = 0.5, f = 1;
  for (let i = 0; i < o; i++) { s += a * n(x * f + i * 37); a /= 2; f *= 2; }
  return s;
};
function gradient(stops, x0 = 0, y0 = 0, x1 = 0, y1 = H) {
  const g = c.createLinearGradient(x0, y0, x1, y1);
  stops.forEach(([p, col]) => g.addColorStop(p, col));
  return g;
}
function sky(stops) { c.fillStyle = gradient(stops); c.fillRect(0, 0, W, H); }
function glow(x, y, r, col, alpha = 1) {
  const g = c.createRadialGradient(x, y, 0, x, y, r);
  g.addColorStop(0, col); g.addColorStop(1, col.slice(0, 7) + "00");
  c.globalAlpha = alpha; c.fillStyle = g; c.fillRect(x - r, y - r, 2 * r, 2 * r); c.globalAlpha = 1;
}
function sun(x, y, r, col) { c.fillStyle = col; c.beginPath(); c.arc(x, y, r, 0, 7); c.fill(); }
function ridge(seed, base, amp, freq, fill, { peaky = 1, phase = 0 } = {}) {
  const n = noise1(seed);
  c.beginPath(); c.moveTo(0, H);
  const top = [];
  for (let x = 0; x <= W; x += 2) {
    const v = fbm(n, (x / W) * freq + 3 + phase);
    const y = base - amp * Math.pow(v, peaky);
    top.push([x, y]); c.lineTo(x, y);
  }
  c.lineTo(W, H); c.closePath(); c.fillStyle = fill; c.fill();
  return top;
}
// A karst tower: steep shoulders, rounded head, softly lit on one side.
function karst(r, x, base, w, h, dark, light, mistCol) {
  const pts = [];
  const lean = (r() - 0.5) * 0.16, n = noise1(Math.floor(r() * 1e6));
  for (let i = 0; i <= 60; i++) {
    const u = i / 60, s = Math.pow(Math.sin(Math.PI * u), 0.42);
    const jag = (fbm(n, u * 7) - 0.5) * 0.13;
    pts.push([x + (u - 0.5) * w + lean * h * s, base - h * (s + jag * s)]);
  }
  c.beginPath(); c.moveTo(pts[0][0], base + 4); pts.forEach((p) => c.lineTo(...p)); c.lineTo(pts[60][0], base + 4); c.closePath();
  c.fillStyle = gradient([[0, light], [0.55, dark], [1, dark]], x - w / 2, 0, x + w / 2, 0); c.fill();
  c.save(); c.clip();
  c.globalAlpha = 0.13; c.strokeStyle = light; c.lineWidth = 2;
  for (let i = 0; i < 26; i++) {
    const xx = x + (r() - 0.5) * w, yy = base - h * (0.15 + 0.8 * r());
    c.beginPath(); c.moveTo(xx, yy); c.bezierCurveTo(xx + 4, yy + 20, xx - 8, yy + 46, xx + 2, yy + 60 + 50 * r()); c.stroke();
  }
  c.globalAlpha = 1;
  c.fillStyle = gradient([[0, mistCol + "00"], [1, mistCol + "e0"]], 0, base - h * 0.55, 0, base); c.fillRect(x - w, base - h, 2 * w, h + 4);
  c.restore();
}
// Paints softly: on a small sheet, blurred once and drawn up to size, because a filter on every stroke costs seconds.
const sheet = document.createElement("canvas"), blurred = document.createElement("canvas");
function soft(blur, alpha, paintOn) {
  const k = Math.max(2, Math.min(8, blur / 2.5));
  for (const one of [sheet, blurred]) { one.width = Math.ceil(W / k); one.height = Math.ceil(H / k); }
  const s = sheet.getContext("2d"), b = blurred.getContext("2d");
  s.setTransform(1 / k, 0, 0, 1 / k, 0, 0);
  paintOn(s);
  b.filter = `blur(${blur / k}px)`; b.drawImage(sheet, 0, 0);
  c.save(); c.globalAlpha = alpha; c.imageSmoothingQuality = "high"; c.drawImage(blurred, 0, 0, W, H); c.restore();
}
function mist(seed, y, h, col, alpha, t = 0, speed = 8) {
  const r = rng(seed);
  soft(h / 4, alpha, (m) => {
    m.fillStyle = col;
    for (let i = 0; i < 14; i++) {
      const w = W * (0.12 + 0.25 * r()), x = ((r() * W * 1.5 + t * speed * (0.5 + r())) % (W * 1.5)) - W * 0.25;
      m.beginPath(); m.ellipse(x, y + (r() - 0.5) * h, w / 2, h * (0.15 + 0.3 * r()), 0, 0, 7); m.fill();
    }
  });
}
function cloud(seed, x, y, s, col, alpha) {
  const r = rng(seed);
  soft(6, alpha, (m) => {
    m.fillStyle = col;
    for (let i = 0; i < 16; i++) {
      const u = r() * 2 - 1;
      m.beginPath(); m.ellipse(x + u * s, y - (1 - u * u) * s * 0.18 * r(), s * (0.16 + 0.14 * r()), s * (0.05 + 0.06 * r()), 0, 0, 7); m.fill();
    }
  });
}
function birds(seed, n, x, y, t, col) {
  const r = rng(seed);
  c.strokeStyle = col; c.lineCap = "round";
  for (let i = 0; i < n; i++) {
    const bx = x + i * 26 + r() * 18 + t * 22, by = y + Math.abs(i - n / 2) * 9 + r() * 8 - t * 3, s = 8 + 4 * r();
    const flap = Math.sin(t * 6 + r() * 6) * 0.35 + 0.5;
    c.lineWidth = 2.2; c.beginPath(); c.moveTo(bx - s, by - s * flap); c.quadraticCurveTo(bx - s * 0.4, by - s * 0.2, bx, by);
    c.quadraticCurveTo(bx + s * 0.4, by - s * 0.2, bx + s, by - s * flap); c.stroke();
  }
}
// Sugar palm: straight trunk, a globe of stiff fans.
function palm(r, x, base, h, col, t = 0) {
  const top = base - h, lean = (r() - 0.5) * h * 0.08, w = h * 0.022;
  c.fillStyle = col; c.beginPath(); c.moveTo(x - w, base); c.quadraticCurveTo(x - w * 0.6 + lean * 0.3, base - h * 0.5, x + lean - w * 0.6, top);
  c.lineTo(x + lean + w * 0.6, top); c.quadraticCurveTo(x + w * 0.7 + lean * 0.3, base - h * 0.5, x + w, base); c.fill();
  const R = h * 0.155, cx = x + lean, cy = top - R * 0.1;
  for (let i = 0; i < 25; i++) {
    const sway = Math.sin(t * 1.1 + i) * 0.025;
    const a = (i / 25) * Math.PI * 2 + r() * 0.12 + sway, len = R * (0.72 + 0.4 * r()) * (Math.sin(a) > 0.6 ? 0.72 : 1);
    const fx = cx + Math.cos(a) * len * 0.55, fy = cy + Math.sin(a) * len * 0.55;
    c.lineWidth = Math.max(1, h * 0.005); c.strokeStyle = col; c.beginPath(); c.moveTo(cx, cy); c.lineTo(fx, fy); c.stroke();
    c.beginPath(); c.moveTo(cx + Math.cos(a) * len * 0.3, cy + Math.sin(a) * len * 0.3);
    for (let k = -5; k <= 5; k++) {
      const b = a + k * 0.17, l = len * (k % 2 ? 0.86 : 1.06);
      c.lineTo(cx + Math.cos(b) * l, cy + Math.sin(b) * l);
    }
    c.closePath(); c.fill();
  }
}
function blossom(x, y, s, rot, petal, heart) {
  c.save(); c.translate(x, y); c.rotate(rot);
  for (let i = 0; i < 5; i++) {
    c.rotate((Math.PI * 2) / 5); c.fillStyle = petal;
    c.beginPath(); c.moveTo(0, 0); c.bezierCurveTo(s * 0.65, -s * 0.35, s * 0.62, -s * 1.02, 0, -s * 0.92); c.bezierCurveTo(-s * 0.62, -s * 1.02, -s * 0.65, -s * 0.35, 0, 0); c.fill();
  }
  const g = c.createRadialGradient(0, 0, 0, 0, 0, s * 0.5); g.addColorStop(0, heart); g.addColorStop(1, heart.slice(0, 7) + "00");
  c.fillStyle = g; c.beginPath(); c.arc(0, 0, s * 0.5, 0, 7); c.fill();
  c.fillStyle = "#ffe9a8"; for (let i = 0; i < 8; i++) { const a = i * 0.785; c.beginPath(); c.arc(Math.cos(a) * s * 0.26, Math.sin(a) * s * 0.26, s * 0.05, 0, 7); c.fill(); }
  c.restore();
}
function branch(r, x, y, a, len, w, depth, out) {
  const x2 = x + Math.cos(a) * len, y2 = y + Math.sin(a) * len;
  c.strokeStyle = "#2a1512"; c.lineWidth = w; c.lineCap = "round";
  c.beginPath(); c.moveTo(x, y); c.quadraticCurveTo(x + Math.cos(a + 0.25) * len * 0.5, y + Math.sin(a + 0.25) * len * 0.5, x2, y2); c.stroke();
  if (depth < 4) for (let i = 0; i < 3; i++) out.push([x + (x2 - x) * r() + (r() - 0.5) * 26, y + (y2 - y) * r() + (r() - 0.5) * 26, r()]);
  if (!depth) return;
  branch(r, x2, y2, a + (r() - 0.45) * 0.7, len * (0.72 + 0.15 * r()), w * 0.72, depth - 1, out);
  branch(r, x2, y2, a + (r() - 0.5) * 1.7, len * (0.55 + 0.2 * r()), w * 0.6, depth - 1, out);
}
function vignette(alpha = 0.42) {
  const g = c.createRadialGradient(W / 2, H * 0.48, H * 0.45, W / 2, H / 2, W * 0.68);
  g.addColorStop(0, "#00000000"); g.addColorStop(1, `rgba(0,0,0,${alpha})`); c.fillStyle = g; c.fillRect(0, 0, W, H);
}
let grainTile;
function grain(alpha = 0.05) {
  if (!grainTile) {
    grainTile = document.createElement("canvas"); grainTile.width = grainTile.height = 256;
    const g = grainTile.getContext("2d"), d = g.createImageData(256, 256), r = rng(5);
    for (let i = 0; i < d.data.length; i += 4) { const v = 90 + r() * 130; d.data.set([v, v, v, 255], i); }
    g.putImageData(d, 0, 0);
  }
  c.save(); c.globalCompositeOperation = "overlay"; c.globalAlpha = alpha; c.fillStyle = c.createPattern(grainTile, "repeat"); c.fillRect(0, 0, W, H); c.restore();
}
function reflection(y0, tint, alpha) {
  c.save(); c.globalAlpha = alpha; c.translate(0, 2 * y0); c.scale(1, -1); c.filter = "blur(3px)";
  c.drawImage(canvas, 0, Math.max(0, 2 * y0 - H), W, H - y0, 0, 2 * y0 - H, W, H - y0); c.restore();
  c.fillStyle = tint; c.fillRect(0, y0, W, H - y0);
}

const scenes = {
  "ban-gioc"(t) {
    const r = rng(11);
    sky([[0, "#2d5f86"], [0.35, "#84b8c8"], [0.6, "#e8dcc0"], [1, "#f0e2c0"]]);
    glow(W * 0.72, H * 0.26, W * 0.34, "#fff3cf", 0.9);
    [[0.08, 0.2, 0.34], [0.3, 0.16, 0.26], [0.52, 0.2, 0.3], [0.74, 0.17, 0.24], [0.95, 0.22, 0.36]].forEach(([x, w, h]) => karst(r, W * x, H * 0.52, W * w, H * h, "#6f9aa6", "#a9c7c6", "#dfe2d2"));
    mist(3, H * 0.47, 70, "#f3efe0", 0.5, t, 10);
    [[0.0, 0.22, 0.5], [0.2, 0.15, 0.3], [0.88, 0.2, 0.46], [1.02, 0.2, 0.6]].forEach(([x, w, h]) => karst(r, W * x, H * 0.62, W * w, H * h, "#2f6467", "#5d9488", "#c9d8c8"));
    mist(5, H * 0.56, 60, "#f1f1e6", 0.5, t, 14);
    // the shelf of rock and forest behind the falls
    const shelf = ridge(41, H * 0.62, H * 0.16, 3.2, gradient([[0, "#2c5b3f"], [1, "#173a2b"]], 0, H * 0.45, 0, H * 0.7));
    const n = noise1(77);
    for (let i = 0; i < 1500; i++) {
      const k = Math.floor(r() * shelf.length), [x, y] = shelf[k];
      c.fillStyle = ["#3c7a4c", "#2b6140", "#4f8f55", "#1f4c34"][Math.floor(r() * 4)]; c.globalAlpha = 0.75;
      c.beginPath(); c.arc(x, y + r() * H * 0.09 - 4, 3 + r() * 9, 0, 7); c.fill();
    }
    c.globalAlpha = 1;
    // a bowl of dark rock with ledges
    const lip = (u) => H * (0.585 + 0.03 * fbm(n, u * 6 + 3) - 0.05 * Math.sin(u * 3.1));
    c.fillStyle = gradient([[0, "#2f4f45"], [0.5, "#1d3a37"], [1, "#12292b"]], 0, H * 0.55, 0, H * 0.88);
    c.beginPath(); c.moveTo(W * 0.02, H * 0.9); for (let i = 0; i <= 80; i++) { const u = i / 80; c.lineTo(W * (0.02 + 0.94 * u), lip(u) + Math.pow(Math.abs(u - 0.5) * 2, 6) * H * 0.1); } c.lineTo(W * 0.96, H * 0.9); c.fill();
    for (let i = 0; i < 520; i++) {
      const u = r(), x = W * (0.05 + 0.88 * u), y = lip(u) + r() * H * 0.26, s = 6 + 26 * r();
      c.globalAlpha = 0.35; c.fillStyle = ["#3d5f52", "#0f2426", "#27463f", "#4c7a55"][i % 4]; c.beginPath(); c.ellipse(x, y, s, s * (0.25 + 0.5 * r()), (r() - 0.5) * 0.5, 0, 7); c.fill();
    }
    c.globalAlpha = 1;
    // veils of water: [left, right, top, bottom, strength], back to front
    const veils = [
      [0.11, 0.2, 0.0, 0.74, 0.7], [0.23, 0.27, 0.01, 0.76, 0.8], [0.3, 0.41, -0.005, 0.7, 0.9], [0.43, 0.6, -0.01, 0.715, 1], [0.62, 0.7, 0.0, 0.7, 0.9], [0.73, 0.76, 0.01, 0.74, 0.7],
      [0.81, 0.87, 0.01, 0.75, 0.75], [0.2, 0.34, 0.115, 0.79, 0.9], [0.36, 0.53, 0.125, 0.815, 1], [0.54, 0.72, 0.12, 0.8, 1], [0.28, 0.46, 0.2, 0.868, 0.95], [0.46, 0.66, 0.215, 0.878, 1], [0.68, 0.8, 0.2, 0.86, 0.8],
    ];
    const spray = [];
    veils.forEach(([x0, x1, dy, bottom, strong], s) => {
      const count = Math.round((x1 - x0) * 700);
      for (let i = 0; i < count; i++) {
        const u = (i + r()) / count, x = W * (x0 + (x1 - x0) * u), edge = Math.sin(Math.PI * u), k = fbm(n, u * 11 + s * 19), ph = r(), w = 2 + 6 * r();
        if (k < 0.36) continue;
        const top = lip(x / W / 0.94) + H * dy + (1 - edge) * 12 + (k - 0.5) * 26, bot = H * bottom + edge * 14 + (r() - 0.5) * 16, len = bot - top, bow = (u - 0.5) * 18;
        c.strokeStyle = gradient([[0, "#cfe9e4"], [0.25, "#ffffff"], [0.7, "#d8efec"], [1, "#ffffff"]], 0, top, 0, bot);
        c.globalAlpha = strong * (0.18 + 0.5 * k) * (0.5 + 0.5 * edge); c.lineWidth = w;
        c.beginPath(); c.moveTo(x, top); c.bezierCurveTo(x + bow * 0.5, top + 6, x + bow, top + len * 0.4, x + bow + (r() - 0.5) * 6, bot); c.stroke();
        c.globalAlpha *= 0.9; c.strokeStyle = "#ffffff"; c.lineWidth = w * 0.45;
        for (let j = 0; j < 2; j++) { const p = (ph + j / 2 + t) % 1, a = top + len * p * 0.84; c.beginPath(); c.moveTo(x + bow * p, a); c.lineTo(x + bow * p, a + len * 0.16); c.stroke(); }
      }
      for (let i = 0; i < 7; i++) spray.push([W * (x0 + (x1 - x0) * r()), H * bottom + 12 + 3 * Math.sin(t * 3 + i), W * (x1 - x0) * 0.16]);
      c.globalAlpha = 1;
    });
    soft(9, 0.5, (m) => { m.fillStyle = "#ffffff"; spray.forEach(([x, y, w]) => { m.beginPath(); m.ellipse(x, y, w, 12, 0, 0, 7); m.fill(); }); });
    // jade pool
    c.fillStyle = gradient([[0, "#7cc9b4"], [0.3, "#2f9784"], [1, "#0f4e4c"]], 0, H * 0.82, 0, H); 
    c.beginPath(); c.moveTo(0, H * 0.86); c.bezierCurveTo(W * 0.25, H * 0.82, W * 0.6, H * 0.86, W, H * 0.83); c.lineTo(W, H); c.lineTo(0, H); c.fill();
    for (let i = 0; i < 240; i++) {
      const y = H * (0.86 + 0.14 * Math.pow(r(), 0.8)), x = r() * W, w = 18 + r() * 90 * ((y / H - 0.8) * 5);
      c.globalAlpha = 0.12 + 0.25 * (0.5 + 0.5 * Math.sin(t * 2 + r() * 7)); c.fillStyle = "#e9fff6"; c.beginPath(); c.ellipse(x, y, w / 2, 1.4, 0, 0, 7); c.fill();
    }
    c.globalAlpha = 1;
    mist(9, H * 0.84, 80, "#ffffff", 0.5, t, 5); mist(19, H * 0.72, 46, "#ffffff", 0.28, t, 6);
    const front = ridge(91, H * 1.02, H * 0.13, 2.4, "#0d2a22");
    for (let i = 0; i < 700; i++) { const [x, y] = front[Math.floor(r() * front.length)]; c.fillStyle = ["#123a2b", "#0d2e24", "#1b4c34"][i % 3]; c.beginPath(); c.arc(x, y + r() * 14, 4 + r() * 10, 0, 7); c.fill(); }
    vignette(0.35); grain();
  },
  "non-nuoc"(t) {
    const r = rng(23);
    sky([[0, "#33406f"], [0.3, "#8b7fa0"], [0.52, "#f0b48f"], [0.66, "#ffe0b0"], [1, "#ffe8c6"]]);
    sun(W * 0.36, H * 0.43, 52, "#fff4d8"); glow(W * 0.36, H * 0.43, W * 0.36, "#ffe3ab", 0.85);
    for (let k = 0; k < 4; k++) {
      const base = H * (0.55 + k * 0.055), cols = [["#a893ad", "#c9b1bb"], ["#7b7d9f", "#a89fb0"], ["#4b5f83", "#7b88a0"], ["#2b4160", "#51698a"]][k];
      for (let i = 0; i < 7; i++) karst(r, W * ((i + r() * 0.7) / 6.4), base, W * (0.1 + 0.09 * r()), H * (0.13 + 0.22 * r()) * (1 + k * 0.1), cols[0], cols[1], ["#f4cfae", "#e9c7ae", "#c9b7b4", "#97a0b2"][k]);
      mist(30 + k, base, 50, "#ffe7cb", 0.35, t);
    }
    const y0 = H * 0.74; reflection(y0, "rgba(34,54,86,0.30)", 0.85);
    for (let i = 0; i < 420; i++) {
      const y = y0 + (H - y0) * Math.pow(r(), 1.2), near = Math.abs((r() + r() + r()) / 3 - 0.5) * 2, x = W * 0.36 + (r() < 0.5 ? -1 : 1) * near * W * (0.1 + 0.7 * r());
      c.globalAlpha = 0.25 * (1 - near) + 0.05; c.fillStyle = "#fff1cf"; c.beginPath(); c.ellipse(x, y, 12 + 60 * r() * (y / H), 1.3, 0, 0, 7); c.fill();
    }
    c.globalAlpha = 1;
    // a bamboo raft
    const bx = W * 0.62, by = H * 0.86; c.fillStyle = "#1a2236"; c.beginPath(); c.moveTo(bx - 120, by); c.quadraticCurveTo(bx, by + 26, bx + 126, by - 6); c.quadraticCurveTo(bx, by + 12, bx - 120, by); c.fill();
    c.beginPath(); c.ellipse(bx + 20, by - 38, 11, 26, 0.08, 0, 7); c.fill(); c.beginPath(); c.moveTo(bx - 8, by - 66); c.lineTo(bx + 22, by - 86); c.lineTo(bx + 50, by - 64); c.fill();
    c.strokeStyle = "#1a2236"; c.lineWidth = 4; c.beginPath(); c.moveTo(bx + 60, by - 110); c.lineTo(bx + 18, by + 30); c.stroke();
    c.globalAlpha = 0.3; c.beginPath(); c.ellipse(bx, by + 26, 130, 9, 0, 0, 7); c.fill(); c.globalAlpha = 1;
    vignette(0.4); grain();
  },
  "bay-nui"(t) {
    const r = rng(37);
    sky([[0, "#3a2a5c"], [0.28, "#a4476b"], [0.5, "#f07f4f"], [0.66, "#ffc46b"], [1, "#ffdf9a"]]);
    glow(W * 0.6, H * 0.58, W * 0.42, "#ffe9a6", 0.95); sun(W * 0.6, H * 0.56 + t * 1.5, 84, "#fff0c0");
    for (let i = 0; i < 7; i++) cloud(50 + i, ((W * (i / 6 + 0.1 * r()) + t * 9) % (W * 1.2)) - W * 0.1, H * (0.12 + 0.3 * r()), W * (0.1 + 0.1 * r()), i % 2 ? "#ffb27a" : "#e2708a", 0.45);
    ridge(61, H * 0.67, H * 0.2, 2.4, gradient([[0, "#b4506a"], [1, "#e88a66"]], 0, H * 0.48, 0, H * 0.68), { peaky: 1.6 });
    ridge(62, H * 0.69, H * 0.24, 3.1, gradient([[0, "#7a3a63"], [1, "#c26763"]], 0, H * 0.5, 0, H * 0.7), { peaky: 2.1 });
    ridge(63, H * 0.7, H * 0.12, 5, gradient([[0, "#4a2650"], [1, "#7d4257"]], 0, H * 0.56, 0, H * 0.71), { peaky: 1.4 });
    const y0 = H * 0.69; reflection(y0, "rgba(60,30,50,0.22)", 0.9);
    // flooded paddies: dykes run to the horizon
    c.strokeStyle = "#3a1c33"; for (let i = -9; i <= 9; i++) { c.lineWidth = 3 + Math.abs(i) * 0.2; c.globalAlpha = 0.55; c.beginPath(); c.moveTo(W * 0.55 + i * 34, y0 + 8); c.lineTo(W * 0.55 + i * W * 0.2, H); c.stroke(); }
    [0.73, 0.78, 0.86, 0.96].forEach((y, i) => { c.lineWidth = 3 + i * 2.4; c.beginPath(); c.moveTo(0, H * y + 6); c.bezierCurveTo(W * 0.3, H * y - 4, W * 0.7, H * y + 6, W, H * y); c.stroke(); });
    for (let i = 0; i < 900; i++) { const y = y0 + 12 + (H - y0) * Math.pow(r(), 0.7), h = 4 + 22 * (y / H - 0.69) * 3 * r(); c.globalAlpha = 0.5; c.strokeStyle = "#4b2038"; c.lineWidth = 1.4; const x = r() * W; c.beginPath(); c.moveTo(x, y); c.lineTo(x + Math.sin(t * 1.4 + x) * 2, y - h); c.stroke(); }
    c.globalAlpha = 1;
    const q = rng(8); [[0.07, 0.8, 0.5], [0.13, 0.83, 0.62], [0.2, 0.78, 0.4], [0.3, 0.74, 0.22], [0.34, 0.74, 0.26], [0.8, 0.76, 0.33], [0.86, 0.82, 0.56], [0.93, 0.8, 0.45], [0.73, 0.735, 0.2]].forEach(([x, b, h]) => palm(q, W * x, H * b, H * h, "#24102a", t));
    birds(4, 7, W * 0.36, H * 0.3, t, "#3a1838");
    vignette(0.4); grain();
  },
  "thot-not"(t) {
    const r = rng(71);
    sky([[0, "#0f4a45"], [0.5, "#2d7d64"], [1, "#e6c46a"]]);
    glow(W * 0.3, H * 0.3, W * 0.5, "#ffe9a0", 0.5);
    for (let i = 0; i < 60; i++) { c.globalAlpha = 0.12; c.fillStyle = i % 2 ? "#f7e3a0" : "#0b3b33"; c.beginPath(); c.arc(r() * W, r() * H * 0.7, 20 + r() * 90, 0, 7); c.fill(); }
    c.globalAlpha = 1; const q = rng(4); c.save(); c.filter = "blur(3px)"; palm(q, W * 0.86, H * 0.86, H * 0.86, "#0a302a"); palm(q, W * 0.97, H * 0.84, H * 0.6, "#0d3a32"); c.restore();
    // a table, blocks of palm sugar on a leaf, a palm fruit cut open
    c.fillStyle = gradient([[0, "#5b3317"], [1, "#2c160b"]], 0, H * 0.7, 0, H); c.fillRect(0, H * 0.7, W, H * 0.3);
    for (let i = 0; i < 60; i++) { c.strokeStyle = i % 2 ? "#7a4823" : "#3b1e0e"; c.globalAlpha = 0.35; c.lineWidth = 1 + r() * 2; const y = H * (0.7 + 0.3 * r()); c.beginPath(); c.moveTo(0, y); c.bezierCurveTo(W * 0.3, y + 6, W * 0.6, y - 6, W, y + 3); c.stroke(); }
    c.globalAlpha = 1;
    c.save(); c.translate(W * 0.4, H * 0.83); for (let k = -9; k <= 9; k++) { c.save(); c.rotate(k * 0.16); c.fillStyle = k % 2 ? "#2f7a4b" : "#3f9158"; c.beginPath(); c.ellipse(0, 0, W * 0.26, 26, 0, 0, 7); c.fill(); c.restore(); } c.restore();
    const disc = (x, y, w, h, d) => {
      c.fillStyle = "#00000055"; c.beginPath(); c.ellipse(x + 12, y + d + 8, w * 1.04, h * 1.1, 0, 0, 7); c.fill();
      c.fillStyle = gradient([[0, "#8a4f16"], [0.5, "#d79a3e"], [1, "#7a420f"]], x - w, 0, x + w, 0); c.beginPath(); c.ellipse(x, y + d, w, h, 0, 0, Math.PI); c.lineTo(x - w, y); c.ellipse(x, y, w, h, 0, Math.PI, 0, true); c.lineTo(x + w, y + d); c.fill();
      const g = c.createRadialGradient(x - w * 0.3, y - h * 0.3, 4, x, y, w); g.addColorStop(0, "#ffe0a0"); g.addColorStop(0.6, "#e6ac52"); g.addColorStop(1, "#b9792a"); c.fillStyle = g; c.beginPath(); c.ellipse(x, y, w, h, 0, 0, 7); c.fill();
    };
    disc(W * 0.3, H * 0.82, 120, 38, 50); disc(W * 0.45, H * 0.84, 128, 40, 54); disc(W * 0.375, H * 0.73, 122, 38, 52); disc(W * 0.385, H * 0.645, 108, 33, 46);
    const fruit = (x, y, s) => { const g = c.createRadialGradient(x - s * 0.3, y - s * 0.4, s * 0.1, x, y, s); g.addColorStop(0, "#8a5a72"); g.addColorStop(0.6, "#43203a"); g.addColorStop(1, "#1c0b1a"); c.fillStyle = "#00000055"; c.beginPath(); c.ellipse(x + 10, y + s * 0.9, s, s * 0.25, 0, 0, 7); c.fill(); c.fillStyle = g; c.beginPath(); c.arc(x, y, s, 0, 7); c.fill(); c.fillStyle = "#6d8f4a"; for (let i = 0; i < 4; i++) { c.save(); c.translate(x, y - s * 0.86); c.rotate(-0.9 + i * 0.6); c.beginPath(); c.ellipse(0, 0, s * 0.14, s * 0.42, 0, 0, 7); c.fill(); c.restore(); } };
    fruit(W * 0.66, H * 0.76, 104); fruit(W * 0.76, H * 0.83, 92);
    vignette(0.5); grain();
  },
  "tra-su"(t) {
    const r = rng(83);
    sky([[0, "#d9e8b8"], [0.35, "#9fc07d"], [0.7, "#4b7f4f"], [1, "#2f6b3d"]]);
    glow(W * 0.55, H * 0.22, W * 0.4, "#fdfbd8", 0.9);
    const trees = (n, base, h, w, col, alpha) => { c.globalAlpha = alpha; for (let i = 0; i < n; i++) { const x = W * ((i + r()) / n), lean = (r() - 0.5) * 60, ww = w * (0.6 + 0.8 * r()); c.strokeStyle = col; c.lineWidth = ww; c.beginPath(); c.moveTo(x, base); c.bezierCurveTo(x + lean * 0.3, base - h * 0.4, x + lean * 0.2, base - h * 0.7, x + lean, base - h * 1.2); c.stroke(); for (let b = 0; b < 3; b++) { const y = base - h * (0.55 + 0.5 * r()); c.lineWidth = ww * 0.4; c.beginPath(); c.moveTo(x + lean * 0.5, y); c.lineTo(x + lean * 0.5 + (r() - 0.5) * 150, y - 60 - 60 * r()); c.stroke(); } } c.globalAlpha = 1; };
    const leaves = (n, y0, y1, cols, s) => { for (let i = 0; i < n; i++) { c.globalAlpha = 0.35 + 0.3 * r(); c.fillStyle = cols[i % cols.length]; c.beginPath(); c.ellipse(r() * W, H * (y0 + (y1 - y0) * Math.pow(r(), 1.5)), s * (0.5 + r()), s * 0.5 * (0.5 + r()), r() * 3, 0, 7); c.fill(); } c.globalAlpha = 1; };
    trees(40, H * 0.66, H * 0.5, 7, "#8fae7c", 0.7); leaves(700, 0, 0.4, ["#b9d38e", "#a2c47a", "#cfe0a6"], 22); mist(7, H * 0.6, 60, "#eef5d0", 0.5);
    trees(22, H * 0.69, H * 0.62, 13, "#4e6b46", 0.9); leaves(900, 0, 0.34, ["#6f9c52", "#86b262", "#4f8044"], 24);
    const y0 = H * 0.69; reflection(y0, "rgba(90,150,60,0.35)", 0.6);
    for (let i = 0; i < 5200; i++) { const u = Math.pow(r(), 0.75), y = y0 + (H - y0) * u, x = r() * W, lane = Math.abs(x - W * (0.52 - 0.12 * u)) < W * (0.015 + 0.09 * u); if (lane && r() < 0.9) continue; c.globalAlpha = 0.8; c.fillStyle = ["#8fc43f", "#a8d650", "#79b136", "#c2e36b"][i % 4]; c.beginPath(); c.ellipse(x, y, 2 + 13 * u * r(), 1 + 3.4 * u * r(), 0, 0, 7); c.fill(); }
    c.globalAlpha = 1; trees(9, H * 0.74, H * 0.85, 26, "#22361f", 1); leaves(900, 0, 0.24, ["#2f5c2a", "#3f7533", "#58913f"], 28);
    const bx = W * 0.47, by = H * 0.83; c.fillStyle = "#2a1a10"; c.beginPath(); c.moveTo(bx - 150, by - 14); c.quadraticCurveTo(bx, by + 34, bx + 160, by - 20); c.quadraticCurveTo(bx, by + 8, bx - 150, by - 14); c.fill();
    const person = (x, s) => { c.fillStyle = "#7c2d3f"; c.beginPath(); c.ellipse(x, by - 32 * s, 15 * s, 30 * s, 0, 0, 7); c.fill(); c.fillStyle = "#e9d7a4"; c.beginPath(); c.moveTo(x - 32 * s, by - 56 * s); c.lineTo(x, by - 82 * s); c.lineTo(x + 32 * s, by - 56 * s); c.quadraticCurveTo(x, by - 48 * s, x - 32 * s, by - 56 * s); c.fill(); };
    person(bx - 40, 0.95); person(bx + 70, 1.1); c.strokeStyle = "#2a1a10"; c.lineWidth = 5; c.beginPath(); c.moveTo(bx + 86, by - 70); c.lineTo(bx + 150, by + 30); c.stroke();
    birds(8, 5, W * 0.62, H * 0.3, 0, "#ffffff"); vignette(0.35); grain();
  },
  "tho-cam"() {
    const r = rng(97), P = ["#14204a", "#b8273f", "#e7b23c", "#2c8c6b", "#f2ead6", "#e0648a"];
    c.fillStyle = "#10183a"; c.fillRect(0, 0, W, H);
    const u = 24; // one woven cell
    const band = (y, rows, f) => { for (let j = 0; j < rows; j++) for (let i = 0; i < Math.ceil(W / u) + 1; i++) { const col = f(i, j); if (col) { c.fillStyle = col; c.fillRect(i * u, y + j * u, u, u); } } };
    const diamond = (n, a, b, d, e) => (i, j) => { const x = Math.abs((i % (2 * n)) - n), m = Math.abs(j - n) + x; return m === n ? a : m === n - 1 ? b : m < n - 2 ? (m % 2 ? d : e) : m > n + 2 ? (m % 3 ? null : b) : null; };
    const stripe = (cols) => (i, j) => cols[j];
    band(0, 2, stripe([P[1], P[2]])); band(2 * u, 13, diamond(6, P[2], P[1], P[4], P[1])); band(15 * u, 3, stripe([P[2], P[3], P[2]]));
    band(18 * u, 9, (i, j) => { const k = i % 12, s = Math.abs(j - 4); return (k === 2 + s || k === 10 - s) ? P[3] : (k > 2 + s && k < 10 - s) ? ((k + j) % 2 ? P[4] : P[5]) : null; });
    band(27 * u, 3, stripe([P[2], P[1], P[2]])); band(30 * u, 13, diamond(6, P[4], P[3], P[2], P[3])); band(43 * u, 3, stripe([P[1], P[2], P[1]]));
    c.globalAlpha = 0.22; for (let y = 0; y < H; y += 4) { c.fillStyle = y % 8 ? "#000" : "#fff"; c.fillRect(0, y, W, 1.5); } for (let x = 0; x < W; x += 4) { c.fillStyle = x % 8 ? "#000" : "#fff"; c.globalAlpha = 0.14; c.fillRect(x, 0, 1.5, H); }
    c.globalAlpha = 1; for (let k = 0; k < 4; k++) { const x = W * (0.12 + k * 0.27); c.fillStyle = gradient([[0, "#00000000"], [0.45, "#00000077"], [0.55, "#ffffff1c"], [1, "#00000000"]], x - 150, 0, x + 170, 40); c.fillRect(x - 150, 0, 320, H); }
    glow(W * 0.35, H * 0.3, W * 0.5, "#ffe6c0", 0.28); vignette(0.6); grain(0.1); r();
  },
  "hoa-dao"(t) {
    const r = rng(101);
    sky([[0, "#5f86ad"], [0.45, "#c3cfd8"], [0.7, "#f6dcd6"], [1, "#f3cfcb"]]); glow(W * 0.66, H * 0.34, W * 0.36, "#fff4ea", 0.9);
    ridge(15, H * 0.62, H * 0.3, 2.2, gradient([[0, "#8fa7bb"], [1, "#dcd7da"]], 0, H * 0.35, 0, H * 0.66), { peaky: 1.5 }); mist(14, H * 0.6, 60, "#fbeeec", 0.6, t, 8);
    ridge(16, H * 0.74, H * 0.32, 2.8, gradient([[0, "#5f7f8e"], [1, "#b5c2c4"]], 0, H * 0.46, 0, H * 0.76), { peaky: 1.7 }); mist(18, H * 0.72, 60, "#fdf0ee", 0.55, t, 10);
    ridge(17, H * 0.9, H * 0.28, 2.2, gradient([[0, "#35544f"], [1, "#7c9488"]], 0, H * 0.66, 0, H * 0.92));
    // the road winds through the pass
    c.strokeStyle = "#e9ddcf"; c.lineCap = "round"; [[0.60, 0.735, 0.5, 0.77, 6], [0.5, 0.77, 0.68, 0.82, 9], [0.68, 0.82, 0.42, 0.89, 15], [0.42, 0.89, 0.66, 1.02, 28]].forEach(([x0, y0, x1, y1, w]) => { c.lineWidth = w; c.beginPath(); c.moveTo(W * x0, H * y0); c.bezierCurveTo(W * (x0 * 1.4 - x1 * 0.4), H * (y0 + 0.02), W * (x1 * 1.3 - x0 * 0.3), H * (y1 - 0.02), W * x1, H * y1); c.stroke(); });
    for (let i = 0; i < 500; i++) { c.globalAlpha = 0.8; c.fillStyle = ["#2e5a46", "#f0a3b6", "#3f6e52", "#e88aa4"][i % 4]; const y = 0.8 + 0.2 * r(); c.beginPath(); c.arc(r() < 0.5 ? r() * W * 0.42 : W * (0.7 + 0.3 * r()), H * y, 4 + 14 * (y - 0.75) * 4 * r(), 0, 7); c.fill(); }
    c.globalAlpha = 1; const b = [], q = rng(12); branch(q, -20, H * 0.1, 0.32, 330, 30, 6, b); branch(q, -20, H * 0.42, -0.1, 230, 20, 5, b); branch(q, W + 20, -10, 2.5, 240, 22, 5, b);
    b.forEach(([x, y, s], i) => blossom(x, y, 13 + 16 * s, s * 7 + Math.sin(t + i) * 0.04, ["#f9b6c6", "#fcd0da", "#f59fb6"][i % 3], "#c2325a"));
    for (let i = 0; i < 46; i++) { const sp = 30 + 50 * r(), x0 = r() * W * 1.2, y0 = r() * H, y = (y0 + t * sp) % (H + 60) - 30, x = (x0 + t * 26 + Math.sin(t * 1.4 + i) * 30) % (W + 80) - 40; c.save(); c.translate(x, y); c.rotate(t * 1.5 + i); c.scale(1, 0.5 + 0.4 * Math.sin(t * 2 + i)); c.fillStyle = i % 2 ? "#fbc3d0" : "#f7a3b9"; c.beginPath(); c.ellipse(0, 0, 9, 6, 0, 0, 7); c.fill(); c.restore(); }
    vignette(0.3); grain();
  },
  "hoa-hoi"() {
    const r = rng(113);
    c.fillStyle = gradient([[0, "#2a150e"], [1, "#4a2818"]], 0, 0, W, H); c.fillRect(0, 0, W, H); glow(W * 0.4, H * 0.35, W * 0.55, "#b8743a", 0.75);
    for (let i = 0; i < 260; i++) { c.globalAlpha = 0.16; c.strokeStyle = i % 2 ? "#7a4526" : "#1d0d07"; c.lineWidth = 1 + 2 * r(); const y = r() * H; c.beginPath(); c.moveTo(0, y); c.bezierCurveTo(W * 0.3, y + 18 * r(), W * 0.7, y - 18 * r(), W, y + 9); c.stroke(); } c.globalAlpha = 1;
    const star = (x, y, s, rot) => {
      c.save(); c.translate(x + s * 0.1, y + s * 0.14); c.filter = "blur(8px)"; c.fillStyle = "#00000088"; c.beginPath(); c.arc(0, 0, s * 0.8, 0, 7); c.fill(); c.restore();
      c.save(); c.translate(x, y); c.rotate(rot);
      for (let i = 0; i < 8; i++) {
        c.save(); c.rotate((i * Math.PI) / 4 + (r() - 0.5) * 0.1); const L = s * (0.9 + 0.2 * r());
        const g = c.createLinearGradient(-s * 0.25, 0, s * 0.25, 0); g.addColorStop(0, "#3b1a0c"); g.addColorStop(0.42, "#a85e2c"); g.addColorStop(0.5, "#5a2c14"); g.addColorStop(0.6, "#c27a3d"); g.addColorStop(1, "#3a190b");
        c.fillStyle = g; c.beginPath(); c.moveTo(0, 0); c.bezierCurveTo(s * 0.3, -L * 0.3, s * 0.26, -L * 0.72, 0, -L); c.bezierCurveTo(-s * 0.26, -L * 0.72, -s * 0.3, -L * 0.3, 0, 0); c.fill();
        c.fillStyle = "#2a1007"; c.beginPath(); c.ellipse(0, -L * 0.55, s * 0.075, L * 0.27, 0, 0, 7); c.fill();
        const sg = c.createRadialGradient(-s * 0.02, -L * 0.52, 1, 0, -L * 0.5, s * 0.12); sg.addColorStop(0, "#f3c98a"); sg.addColorStop(0.5, "#a35a22"); sg.addColorStop(1, "#5e2a0d"); c.fillStyle = sg; c.beginPath(); c.ellipse(0, -L * 0.5, s * 0.058, s * 0.1, 0, 0, 7); c.fill(); c.restore();
      }
      c.fillStyle = "#6e3718"; c.beginPath(); c.arc(0, 0, s * 0.1, 0, 7); c.fill(); c.restore();
    };
    const placed = []; [[0.36, 0.46, 210], [0.7, 0.58, 170], [0.14, 0.74, 140], [0.52, 0.86, 130], [0.9, 0.28, 120], [0.62, 0.2, 95], [0.12, 0.22, 110], [0.86, 0.88, 120], [0.33, 0.9, 80], [0.78, 0.4, 60], [0.5, 0.18, 56]].forEach(([x, y, s]) => { placed.push([x, y]); star(W * x, H * y, s, r() * 7); });
    vignette(0.5); grain(0.08);
  },
  "mau-son"(t) {
    sky([[0, "#1c3a66"], [0.4, "#5f8fb8"], [0.62, "#f3d3b8"], [1, "#ffffff"]]); glow(W * 0.24, H * 0.44, W * 0.36, "#fff0d2", 0.95); sun(W * 0.24, H * 0.46, 46, "#fffbea");
    for (let i = 0; i < 8; i++) cloud(70 + i, W * (i / 7), H * (0.1 + 0.14 * ((i * 37) % 10) / 10), W * 0.13, "#ffffff", 0.35);
    [["#9db6cc", 0.66, 0.3, 2.0], ["#7597b3", 0.72, 0.36, 2.4], ["#4b7391", 0.8, 0.42, 2.1], ["#2b5068", 0.92, 0.5, 1.6]].forEach(([col, b, a, f], i) => { ridge(120 + i * 3, H * b, H * a, f, gradient([[0, col], [1, "#f4f6f6"]], 0, H * (b - a * 0.75), 0, H * b), { peaky: 1.7 }); mist(130 + i, H * (b - 0.03), 90, "#ffffff", 0.75, t, 10); mist(140 + i, H * (b + 0.02), 70, "#fdf3ea", 0.6, t, 7); });
    const r = rng(66), front = ridge(150, H * 1.04, H * 0.26, 1.6, "#122f36", { phase: 0.4 });
    for (let i = 0; i < 130; i++) { const [x, y] = front[Math.floor(r() * front.length)], h = 26 + 70 * r(); c.fillStyle = ["#0f2a30", "#173d40", "#0b2228"][i % 3]; for (let k = 0; k < 4; k++) { c.beginPath(); c.moveTo(x - h * 0.2 * (1 - k * 0.18), y + 8 - h * 0.22 * k); c.lineTo(x, y - h * 0.34 - h * 0.22 * k); c.lineTo(x + h * 0.2 * (1 - k * 0.18), y + 8 - h * 0.22 * k); c.fill(); } }
    birds(3, 5, W * 0.56, H * 0.3, t, "#173049"); vignette(0.3); grain();
  },
};

// Paints picture `name` at second `t`, afresh.
window.paint = (name, t) => { c.setTransform(1, 0, 0, 1, 0, 0); c.globalAlpha = 1; c.filter = "none"; c.clearRect(0, 0, W, H); scenes[name](t); };
window.names = Object.keys(scenes);
