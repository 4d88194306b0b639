// Reads and writes what a player keeps. Run in a page of its origin.

/** @param {any} value */
function pack(value) {
  if (value instanceof Uint8Array) return { $bytes: btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join("")) };
  if (value instanceof CryptoKey) return { $key: value.type };
  if (Array.isArray(value)) return value.map(pack);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, pack(one)]));
  return value;
}

/** @param {any} value */
function unpack(value) {
  if (Array.isArray(value)) return value.map(unpack);
  if (!value || typeof value !== "object") return value;
  if (typeof value.$bytes === "string") return Uint8Array.from(atob(value.$bytes), (letter) => letter.charCodeAt(0));
  if (value.$key) return value.$key === "private" ? globalThis.made.privateKey : globalThis.made.publicKey;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unpack(one)]));
}

const done = (request) => new Promise((resolve, reject) => ((request.onsuccess = () => resolve(request.result)), (request.onerror = () => reject(request.error))));

async function folder(seat, create) {
  let found = await navigator.storage.getDirectory();
  for (const name of ["bangtin", seat, "assets"]) found = await found.getDirectoryHandle(name, { create });
  return found;
}

globalThis.makeKey = async () => {
  globalThis.made = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", globalThis.made.publicKey);
  return { kty, crv, x, y };
};

globalThis.capture = async (seat) => {
  const database = await done(indexedDB.open(`bangtin-${seat}`));
  const stores = {};
  for (const name of database.objectStoreNames) {
    const store = database.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
    stores[name] = { keyPath: store.keyPath, autoIncrement: store.autoIncrement, rows: keys.map((key, at) => [key, pack(values[at])]) };
  }
  database.close();
  const files = {};
  try {
    for await (const file of (await folder(seat, false)).values()) files[file.name] = pack(new Uint8Array(await (await file.getFile()).arrayBuffer()));
  } catch {
    // Nothing was ever kept there, or this browser has no such file system.
  }
  const cached = {};
  const cache = await caches.open(`bangtin-assets-${seat}`);
  for (const request of await cache.keys()) {
    const answer = await cache.match(request);
    cached[new URL(request.url).pathname] = pack(new Uint8Array(await answer.arrayBuffer()));
  }
  return { seat, version: database.version, stores, files, cached };
};

globalThis.restore = async (dump, id) => {
  const request = indexedDB.open(`bangtin-${dump.seat}`, dump.version);
  request.onupgradeneeded = () => {
    for (const [name, { keyPath, autoIncrement }] of Object.entries(dump.stores)) request.result.createObjectStore(name, { keyPath, autoIncrement });
  };
  const database = await done(request);
  for (const [name, { keyPath, rows }] of Object.entries(dump.stores)) {
    const store = database.transaction(name, "readwrite").objectStore(name);
    for (const [key, packed] of rows) {
      const value = unpack(packed);
      if (name === "state" && key === "pairing") value.key_id = id;
      await done(keyPath ? store.put(value) : store.put(value, key));
    }
  }
  database.close();
  for (const [name, packed] of Object.entries(dump.files)) {
    const handle = await (await folder(dump.seat, true)).getFileHandle(name, { create: true });
    const writable = await handle.createWritable();
    await writable.write(unpack(packed));
    await writable.close();
  }
  const cache = await caches.open(`bangtin-assets-${dump.seat}`);
  for (const [path, packed] of Object.entries(dump.cached)) await cache.put(path, new Response(unpack(packed)));
};
