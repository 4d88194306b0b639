/**
 * Who answers for a target: delegations by path pattern, by hash prefix and by hash bins (specification 1.0, sections 4.5 and 5.6.7;
 * TAP 15). No network, no storage.
 *
 * @typedef {import("./roles.js").Targets} Targets
 * @typedef {import("./roles.js").Target} Target
 * @typedef {import("./roles.js").Role} Role
 * @typedef {Role & {name: string, terminating: boolean, paths?: string[], path_hash_prefixes?: string[]}} DelegatedRole
 * @typedef {Role & {bit_length: number, name_prefix: string}} Bins
 * @typedef {{keys: Record<string, import("./verify.js").Key>, roles?: DelegatedRole[], succinct_roles?: Bins}} Delegations
 * @typedef {{name: string, role: Role, keys: Record<string, import("./verify.js").Key>, terminating: boolean}} Delegation
 */

import { sha256, utf8 } from "./verify.js";

/** Roles looked at for one target at most, so that a graph cannot cost without end. */
export const MOST_ROLES = 32;

/**
 * The name of a role as part of an address and of a file: nothing in it is a separator, a query or a step upwards.
 * @param {string} name
 * @returns {string}
 * @throws {URIError} for half a character
 */
export function quoted(name) {
  return encodeURIComponent(name).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * The characters that a bracket of a pattern stands for.
 * @param {string[]} pattern @param {number} at of the opening bracket
 * @returns {{end: number, has: (letter: string) => boolean} | undefined} nothing when it is never closed, so that it means itself
 */
function bracket(pattern, at) {
  let start = at + 1;
  const not = pattern[start] === "!";
  if (not) start += 1;
  const end = pattern.indexOf("]", start + 1);
  if (end < 0) return undefined;
  const has = (/** @type {string} */ letter) => {
    for (let index = start; index < end; index += 1) {
      const to = pattern[index + 1] === "-" && index + 2 < end ? pattern[index + 2] : pattern[index];
      if (letter >= pattern[index] && letter <= to) return !not;
      if (to !== pattern[index]) index += 2;
    }
    return not;
  };
  return { end, has };
}

/**
 * One part of a path against one part of a pattern, as a shell does it: `*`, `?`, `[ab]`, `[a-z]`, `[!a]`. Its time is bounded by the product of
 * the lengths, whatever the pattern.
 * @param {string} part @param {string} pattern
 */
function matchesPart(part, pattern) {
  const letters = Array.from(part);
  const marks = Array.from(pattern);
  let at = 0;
  let mark = 0;
  let star = -1;
  let retry = 0;
  while (at < letters.length) {
    const set = marks[mark] === "[" ? bracket(marks, mark) : undefined;
    const holds = set ? set.has(letters[at]) : marks[mark] === "?" || marks[mark] === letters[at];
    if (marks[mark] === "*") {
      star = mark;
      retry = at;
      mark += 1;
    } else if (mark < marks.length && holds) {
      mark = (set?.end ?? mark) + 1;
      at += 1;
    } else if (star >= 0) {
      retry += 1;
      at = retry;
      mark = star + 1;
    } else {
      return false;
    }
  }
  return marks.slice(mark).every((one) => one === "*");
}

/**
 * Whether a pattern covers a path. A wildcard never covers a slash.
 * @param {string} path @param {string} pattern
 * @returns {boolean}
 */
export function matches(path, pattern) {
  const parts = path.split("/");
  const patterns = pattern.split("/");
  return parts.length === patterns.length && parts.every((part, index) => matchesPart(part, patterns[index]));
}

/**
 * @param {Bins} bins @param {string} hash of the path
 * @returns {string} the bin's name: its number in as many digits as the last one has
 */
function bin(bins, hash) {
  const number = Number.parseInt(hash.slice(0, 8), 16) >>> (32 - bins.bit_length);
  return `${bins.name_prefix}-${number.toString(16).padStart(Math.ceil(bins.bit_length / 4), "0")}`;
}

/**
 * The roles that metadata delegate a path to, in order, up to the first that ends the search.
 * @param {Delegations | undefined} delegations @param {string} path
 * @returns {Promise<Delegation[]>}
 */
export async function delegatedTo(delegations, path) {
  if (!delegations) return [];
  const hash = await sha256(utf8(path));
  const { keys, roles, succinct_roles: bins } = delegations;
  if (bins) return [{ name: bin(bins, hash), role: bins, keys, terminating: true }];
  const found = [];
  for (const role of roles ?? []) {
    const covers = role.paths ? role.paths.some((one) => matches(path, one)) : role.path_hash_prefixes?.some((one) => hash.startsWith(one));
    if (!covers) continue;
    found.push({ name: role.name, role, keys, terminating: role.terminating });
    if (role.terminating) break;
  }
  return found;
}

/**
 * Searches the graph of delegations for a target: depth first, each role before those it delegates to, none twice.
 * @param {Targets} top the trusted top-level targets
 * @param {string} path
 * @param {(delegation: Delegation) => Promise<Targets>} load verified metadata of a role; what it throws ends the search
 * @returns {Promise<{target: Target, role: string} | undefined>}
 */
export async function search(top, path, load) {
  /** @type {Delegation[]} the next one last */
  let open = [];
  const visited = new Set(["targets"]);
  let role = "targets";
  let targets = top;
  for (;;) {
    if (Object.hasOwn(targets.targets, path)) return { target: targets.targets[path], role };
    const next = await delegatedTo(targets.delegations, path);
    if (next.at(-1)?.terminating) open = [];
    open.push(...next.reverse());
    let delegation = open.pop();
    while (delegation && visited.has(delegation.name)) delegation = open.pop();
    if (!delegation || visited.size >= MOST_ROLES) return undefined;
    role = delegation.name;
    visited.add(role);
    targets = await load(delegation);
  }
}
