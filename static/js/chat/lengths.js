/** How long something is to hold: read from what was typed, said in words. No DOM. */

const LENGTH = /^(\d{1,7})([smhdw]?)(?:\s+(.*))?$/is;
const UNITS = { "": 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const NAMES = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/**
 * The length that `text` begins with, and what comes after it; null where it begins with none.
 * @param {string} text as in "10m too loud"
 * @param {{unitless?: boolean}} options whether a mere number is one: of seconds
 * @returns {{seconds: number, rest: string} | null}
 */
export function lengthAt(text, { unitless = false } = {}) {
  const [, count, unit, rest = ""] = LENGTH.exec(text) ?? [];
  if (count === undefined || (!unit && !unitless)) return null;
  return { seconds: Number(count) * UNITS[unit.toLowerCase()], rest };
}

/** "10 minutes" in the language of the page: in the largest unit of which it is a whole number. */
export function lengthInWords(seconds, language) {
  const [unit, size] = NAMES.find(([, each]) => seconds % each === 0);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}
