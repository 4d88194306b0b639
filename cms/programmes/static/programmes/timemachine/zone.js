/** Local time of a zone and back, in whole seconds. */

const QUARTER = 900_000;

export class Zone {
  /** @type {Map<number, number>} */
  #known = new Map();

  /** @param {string} name IANA, `Asia/Ho_Chi_Minh` @param {string} language of the words, `vi` */
  constructor(name, language) {
    this.name = name;
    this.numbers = new Intl.DateTimeFormat("en-US", {
      timeZone: name, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    });
    this.weekdays = new Intl.DateTimeFormat(language, { timeZone: name, weekday: "long" });
  }

  /** How far local time is ahead, ms: asked for once a quarter of an hour, since zones change at such moments only. @param {number} instant */
  #ahead(instant) {
    const quarter = Math.floor(instant / QUARTER) * QUARTER;
    let ahead = this.#known.get(quarter);
    if (ahead === undefined) {
      const of = Object.fromEntries(this.numbers.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]));
      ahead = Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute, of.second) - quarter;
      if (this.#known.size > 500) this.#known.clear();
      this.#known.set(quarter, ahead);
    }
    return ahead;
  }

  /** The local time as if it were UTC, in whole seconds. @param {number} instant UTC ms @returns {number} ms */
  #shifted(instant) {
    return Math.floor(instant / 1000) * 1000 + this.#ahead(instant);
  }

  /** @param {number} instant UTC ms @returns {string} `2027-01-04T08:00:03` */
  text(instant) {
    return new Date(this.#shifted(instant)).toISOString().slice(0, 19);
  }

  /** @param {number} instant @returns {string} `2027-01-04` */
  day(instant) {
    return this.text(instant).slice(0, 10);
  }

  /** @param {number} instant @returns {string} `08:00` */
  hour(instant) {
    return this.text(instant).slice(11, 16);
  }

  /** @param {number} instant @returns {string} `thứ Hai 04/01/2027 08:00:03` */
  said(instant) {
    const [date, time] = this.text(instant).split("T");
    const [year, month, day] = date.split("-");
    return `${this.weekdays.format(instant)} ${day}/${month}/${year} ${time}`;
  }

  /**
   * What a field of local time means. In a repeated hour the first one, in a missing hour as much later.
   * @param {string} text `2027-01-04T08:00`, with or without seconds
   * @returns {number} UTC ms; NaN for what is no time
   */
  instant(text) {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)) return Number.NaN;
    const wanted = Date.parse(`${text}Z`);
    if (Number.isNaN(wanted)) return wanted;
    let instant = wanted;
    for (let step = 0; step < 2; step += 1) instant = wanted - this.#ahead(instant);
    return instant;
  }

  /** The same local time some days on. @param {number} instant @param {number} days */
  daysOn(instant, days) {
    const text = new Date(this.#shifted(instant) + days * 86_400_000).toISOString().slice(0, 19);
    return this.instant(text) + (((instant % 1000) + 1000) % 1000);
  }
}
