/**
 * The outbox of a paired player without a stage: what was shown is told by the test. Evaluated in a page of the player's origin.
 * `window.recorded(number)`, when there is one, hears of each play once it is written down.
 */
async ({ at, seat, most }) => {
  const load = (path) => import(new URL(at + path, location.origin).href);
  const [{ Database }, { PlayLog }, { Events }, { Api }, { Clock }] = await Promise.all(
    ["storage/database.js", "report/playlog.js", "report/events.js", "report/api.js", "core/clock.js"].map(load),
  );
  const database = await Database.open(seat, () => {});
  const paired = await database.get("state", "pairing");
  const monotonic = () => performance.now();
  const clock = new Clock(monotonic(), Date.now() - monotonic());
  const api = new Api(new URL("/api/player/v1/", location.origin), clock);
  api.signer = { id: paired.key_id, privateKey: paired.privateKey };
  const boot = `${Date.now().toString(36).padStart(9, "0")}-${crypto.randomUUID().slice(0, 8)}`;
  const failures = [];
  const spent = { requests: 0, bytes: 0, ms: 0, heap: [] };
  let jump = 0;
  let told;
  const now = () => told ?? clock.now(monotonic()) + jump;
  const events = new Events({ database, api, boot, now });
  const playLog = new PlayLog({ database, api, boot, now, most, failed: (error) => failures.push(String(error)) });
  await playLog.recover();
  const thing = (number) => ({ kind: "programme", scene: `play-${number % 40}:vi#0@0123456789ab`, item: `play-${number % 40}:vi`, proof: "b".repeat(64), status: "success", schedule: 7 });

  const signed = api.signed.bind(api);
  api.signed = async (path, body) => {
    const began = monotonic();
    try {
      return await signed(path, body);
    } finally {
      spent.requests += 1;
      spent.bytes += JSON.stringify(body).length;
      spent.ms += monotonic() - began;
      spent.heap.push(performance.memory?.usedJSHeapSize ?? 0);
    }
  };

  window.outbox = {
    database,
    events,
    api,
    spent,
    failures,
    /** The clock leaps. */
    jump: (milliseconds) => (jump += milliseconds),
    /** Plays one after another; each is told to `recorded` when it is written down. */
    async play(first, count) {
      for (let number = first; number < first + count; number += 1) {
        playLog.shown("abcd"[number % 4], { ...thing(number), scene: `n-${number}:vi` });
        await playLog.settled();
        await window.recorded?.(number);
      }
    },
    /** Plays at given times: the n-th at `start + n * step`. Returns how many lines there are. */
    async fill(count, start, step) {
      for (let number = 0; number < count; number += 1) {
        told = start + number * step;
        playLog.shown("abcd"[number % 4], thing(number));
        if (number % 200 === 199) await playLog.settled();
      }
      told = undefined;
      await playLog.settled();
      return database.count("playlog");
    },
    /** Weeks of an earlier boot, in the rows that `PlayLog` writes, but two thousand to a transaction. Returns how many lines there are. */
    async stock(count, start, step) {
      for (let first = 0; first < count; first += 2000) {
        await database.write(["playlog"], ({ playlog }) => {
          for (let number = first; number < Math.min(first + 2000, count); number += 1) {
            const [from, until] = [start + number * step, start + (number + 4) * step];
            playlog.put({ boot: "0000-earlier", seq: number + 1, face: "abcd"[number % 4], ...thing(number), from, until });
          }
        });
      }
      return database.count("playlog");
    },
    /** Sends, whatever the line does. */
    async keepSending() {
      for (;;) {
        await playLog.send().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 100));
      }
    },
    send: () => playLog.send(),
    held: () => database.count("playlog"),
  };
}
