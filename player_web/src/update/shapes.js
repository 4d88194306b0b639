/**
 * What TUF metadata must look like (specification 1.0, section 4). Each check answers what is wrong, or nothing. Unknown fields
 * are allowed everywhere: they are signed with the rest and mean nothing to us.
 */

/** @param {unknown} value @returns {value is Record<string, any>} */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value @param {number} least @returns {value is number} */
export function isWhole(value, least) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= least;
}

/** @param {unknown} value @returns {value is string[]} */
function isTexts(value) {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** @param {unknown} value @returns {boolean} one digest or more, in lower-case hexadecimal */
function isHashes(value) {
  if (!isObject(value)) return false;
  const digests = Object.values(value);
  return digests.length > 0 && digests.every((one) => typeof one === "string" && /^(?:[0-9a-f]{2})+$/.test(one));
}

/** @param {unknown} value an instant as TUF writes it @returns {boolean} a day that the calendar has, to the second, in UTC */
export function isInstant(value) {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return false;
  const instant = Date.parse(value);
  return !Number.isNaN(instant) && new Date(instant).toISOString() === `${value.slice(0, -1)}.000Z`;
}

/** @param {unknown} keys by key id @returns {boolean} */
function isKeys(keys) {
  if (!isObject(keys)) return false;
  return Object.values(keys).every(
    (key) =>
      isObject(key) &&
      typeof key.keytype === "string" &&
      typeof key.scheme === "string" &&
      isObject(key.keyval) &&
      typeof key.keyval.public === "string",
  );
}

/** @param {unknown} role @param {string} name @returns {string} */
function roleFault(role, name) {
  if (!isObject(role) || !isWhole(role.threshold, 1) || !isTexts(role.keyids)) return `role ${name}`;
  return new Set(role.keyids).size === role.keyids.length ? "" : `role ${name} names a key twice`;
}

/** Roles that the root answers for; no delegation may take their names. */
export const TOP_LEVEL = ["root", "timestamp", "snapshot", "targets"];

/** @param {any} root @returns {string} */
function rootFault(root) {
  if (!isKeys(root.keys) || !isObject(root.roles)) return "keys or roles";
  if (root.consistent_snapshot !== undefined && typeof root.consistent_snapshot !== "boolean") return "consistent_snapshot";
  return TOP_LEVEL.map((name) => roleFault(Object.hasOwn(root.roles, name) ? root.roles[name] : undefined, name)).find(Boolean) ?? "";
}

/** @param {any} signed @returns {string} */
function listingFault(signed) {
  if (!isObject(signed.meta)) return "meta";
  for (const meta of Object.values(signed.meta)) {
    if (!isObject(meta) || !isWhole(meta.version, 1)) return "meta version";
    if (meta.length !== undefined && !isWhole(meta.length, 0)) return "meta length";
    if (meta.hashes !== undefined && !isHashes(meta.hashes)) return "meta hashes";
  }
  const made = signed["x-bangtin-made-at"];
  if (made !== undefined && !isWhole(made, 0)) return "x-bangtin-made-at";
  const next = signed._type === "timestamp" ? "snapshot" : "targets";
  return Object.hasOwn(signed.meta, `${next}.json`) ? "" : `no ${next} named`;
}

/** @param {any} role one of the roles in a delegation @returns {string} */
function delegatedFault(role) {
  if (!isObject(role) || typeof role.name !== "string" || !role.name) return "delegation without a name";
  if (TOP_LEVEL.includes(role.name)) return `delegation named ${role.name}`;
  if (typeof role.terminating !== "boolean") return `delegation ${role.name}: terminating`;
  if ((role.paths === undefined) === (role.path_hash_prefixes === undefined)) return `delegation ${role.name}: paths or prefixes`;
  if (!isTexts(role.paths ?? role.path_hash_prefixes)) return `delegation ${role.name}: paths`;
  return roleFault(role, role.name);
}

/** @param {any} bins hash bins of TAP 15 @returns {string} */
function succinctFault(bins) {
  if (!isObject(bins) || !isWhole(bins.bit_length, 1) || bins.bit_length > 32) return "bins: bit_length";
  return typeof bins.name_prefix === "string" ? roleFault(bins, "bins") : "bins: name_prefix";
}

/** @param {any} delegations @returns {string} */
function delegationsFault(delegations) {
  if (!isObject(delegations) || !isKeys(delegations.keys)) return "delegations";
  if ((delegations.roles === undefined) === (delegations.succinct_roles === undefined)) return "delegations: roles or bins";
  if (delegations.roles === undefined) return succinctFault(delegations.succinct_roles);
  if (!Array.isArray(delegations.roles)) return "delegations: roles";
  const fault = delegations.roles.map(delegatedFault).find(Boolean);
  if (fault) return fault;
  const names = delegations.roles.map((/** @type {{name: string}} */ one) => one.name);
  return new Set(names).size === names.length ? "" : "two delegations of one name";
}

/** @param {any} signed @returns {string} */
function targetsFault(signed) {
  if (!isObject(signed.targets)) return "targets";
  for (const target of Object.values(signed.targets)) {
    if (!isObject(target) || !isWhole(target.length, 0) || !isHashes(target.hashes)) return "target";
  }
  return signed.delegations === undefined ? "" : delegationsFault(signed.delegations);
}

/** @type {Record<string, (signed: any) => string>} */
const FAULTS = { root: rootFault, timestamp: listingFault, snapshot: listingFault, targets: targetsFault };

/**
 * @param {any} signed the signed part
 * @param {"root" | "timestamp" | "snapshot" | "targets"} type
 * @returns {string} what is wrong with it, or nothing
 */
export function shapeFault(signed, type) {
  if (signed._type !== type) return `type ${signed._type}`;
  if (!isWhole(signed.version, 1)) return "version";
  if (typeof signed.spec_version !== "string" || !/^1\.\d+(\.\d+)?$/.test(signed.spec_version)) return "spec_version";
  if (!isInstant(signed.expires)) return "expires";
  return FAULTS[type](signed);
}
