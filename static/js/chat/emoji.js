/** Finding emoji: by name in either language, by shortcode, among the last ones used. No DOM. */

const MOST_RECENT = 18;

/** The text without marks, so that "cuoi" finds "cười". */
export function bare(text) {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");
}

/** Return those rows of `emoji` that `words` describe, best first; all of them for no words. */
export function search(emoji, words) {
  const wanted = bare(words).split(/[\s:]+/).filter(Boolean);
  if (!wanted.length) return emoji;
  const found = [];
  for (const row of emoji) {
    const names = bare(row.slice(1).join(" ")).split(/[\s_]+/);
    if (!wanted.every((word) => names.some((name) => name.startsWith(word)))) continue;
    const isNamed = row[1].startsWith(wanted[0]);
    found.push([row[1] === wanted[0] ? 0 : isNamed ? 1 : 2, row]);
  }
  return found.sort(([a], [b]) => a - b).map(([, row]) => row);
}

/** `text` with every :shortcode: that we know as its picture. */
export function withPictures(text, emoji) {
  const pictures = new Map(emoji.map(([picture, code]) => [code, picture]));
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, code) => pictures.get(code) ?? whole);
}

/** Unicode's skin tones (UTS #51, 2.4), the lightest first. */
export const TONES = ["\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"];

/** `picture` with the skin tone, where Unicode lets it have one; "" is the yellow of all. */
export function withTone(picture, tone) {
  if (!TONES.includes(tone)) return picture;
  return picture.replace(/(\p{Emoji_Modifier_Base})\ufe0f?/gu, `$1${tone}`);
}

/** The emoji somebody used last, kept in `storage` as far as the browser lets us. */
export class Recent {
  #storage;
  #key;

  constructor(storage, key = "chat-emoji") {
    this.#storage = storage;
    this.#key = key;
  }

  get all() {
    try {
      const found = JSON.parse(this.#storage.getItem(this.#key) ?? "[]");
      return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
    } catch {
      return []; // Blocked, or not ours.
    }
  }

  add(picture) {
    const all = [picture, ...this.all.filter((each) => each !== picture)].slice(0, MOST_RECENT);
    try {
      this.#storage.setItem(this.#key, JSON.stringify(all));
    } catch {
      // Private windows may not store anything.
    }
  }
}
