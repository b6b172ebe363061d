/** How a room stands, from whatever event tells it; and what the room says about itself. */

const CHANGES = {
  "room-state": ({ state, liveSince, graceUntil, endReason }) => ({
    state,
    liveSince,
    graceUntil,
    endReason,
  }),
  "stream-started": ({ startedAt }) => ({
    state: "live",
    liveSince: startedAt,
    graceUntil: null,
    endReason: null,
  }),
  "stream-interrupted": ({ graceUntil }) => ({ state: "reconnecting", graceUntil }),
  "stream-stopped": () => ({ state: "waiting", liveSince: null, graceUntil: null }),
  "stream-ended": ({ reason }) => ({ state: "ended", graceUntil: null, endReason: reason }),
};

/** Call `changed` with `{state, liveSince?, graceUntil?, endReason?}` whenever that is told. */
export function onRoomState(socket, roomId, changed) {
  for (const [name, changeOf] of Object.entries(CHANGES)) {
    socket.addEventListener(name, ({ detail }) => {
      if (detail.roomId === roomId) changed(changeOf(detail));
    });
  }
}

/**
 * Keep `[data-room-title]`, `[data-room-description]` and `[data-room-category]` current, and
 * `[data-viewers]` hidden once the room is over.
 * @param {ParentNode} root holds the texts of one room
 * @param {EventTarget} socket
 * @param {{roomId: string, document: Document}} deps
 */
export function mountRoomState(root, socket, { roomId, document }) {
  for (const name of ["room-state", "room-updated"]) {
    socket.addEventListener(name, ({ detail }) => {
      if (detail.roomId === roomId) showTexts(root, detail, document);
    });
  }
  let isOver = false;
  const showViewers = () => {
    for (const part of root.querySelectorAll("[data-viewers]")) {
      part.hidden = isOver || part.dataset.hides !== undefined;
    }
  };
  // Whether it is told how many watch, as soon as that changes.
  for (const [name, hidesIn] of [
    ["room-state", ({ viewerCount }) => viewerCount === null],
    ["room-updated", ({ hidesViewers }) => hidesViewers],
  ]) {
    socket.addEventListener(name, ({ detail }) => {
      if (detail.roomId !== roomId) return;
      for (const part of root.querySelectorAll("[data-viewers]")) {
        if (hidesIn(detail)) part.dataset.hides = "";
        else delete part.dataset.hides;
      }
      showViewers();
    });
  }
  onRoomState(socket, roomId, ({ state }) => {
    isOver = state === "ended";
    showViewers();
  });
}

function showTexts(root, { title, description, category }, document) {
  for (const part of root.querySelectorAll("[data-room-title]")) part.textContent = title;
  for (const part of root.querySelectorAll("[data-room-description]")) {
    part.replaceChildren(...paragraphs(description, document));
    part.hidden = !description;
  }
  for (const part of root.querySelectorAll("[data-room-category]")) {
    part.hidden = !category;
    if (!category) continue;
    part.textContent = category.names[document.documentElement.lang] ?? category.slug;
    if (part.search !== undefined) part.search = `?category=${encodeURIComponent(category.slug)}`;
  }
}

const LINK = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/;

/** The text as elements: blank lines part paragraphs, addresses become links. */
function paragraphs(text, document) {
  return text
    .split(/\n{2,}/)
    .filter((part) => part.trim())
    .map((part) => {
      const paragraph = document.createElement("p");
      part.split("\n").forEach((line, index) => {
        if (index) paragraph.append(document.createElement("br"));
        paragraph.append(...withLinks(line, document));
      });
      return paragraph;
    });
}

function withLinks(line, document) {
  // Splitting by a group keeps what it matched, at the odd places.
  return line.split(LINK).map((piece, index) => {
    if (index % 2 === 0) return piece;
    const link = document.createElement("a");
    link.href = piece;
    link.rel = "nofollow noopener ugc";
    link.textContent = piece;
    return link;
  });
}
