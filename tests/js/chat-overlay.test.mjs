import assert from "node:assert/strict";
import { test } from "node:test";

import { isWanted, optionsIn } from "../../static/js/chat/overlay-options.js";

const message = (text, username = "ada") => ({ message: text, username });

test("without choices an overlay looks as most want it", () => {
  assert.deepEqual(optionsIn(""), {
    size: 22,
    fade: 0,
    look: "outline",
    grow: "up",
    hasCommands: false,
    hidden: new Set(),
  });
});

test("choices are taken from the address, within bounds", () => {
  const { size, fade, look, grow, hasCommands, hidden } = optionsIn(
    "?size=36&fade=30&look=dark&grow=down&commands=show&hide=Nightbot,%20stream_bot",
  );

  assert.deepEqual([size, fade, look, grow, hasCommands], [36, 30, "dark", "down", true]);
  assert.deepEqual([...hidden], ["nightbot", "stream_bot"]);
  assert.deepEqual(
    ["?size=9999", "?size=-1", "?size=x", "?size=", "?size=Infinity"].map((search) => optionsIn(search).size),
    [120, 10, 22, 22, 22],
  );
  assert.equal(optionsIn("?look=%3Cscript%3E").look, "outline");
  assert.equal(optionsIn("?fade=1e9").fade, 3600);
});

test("what bots are told and say is not for the picture, nor what was removed", () => {
  const options = optionsIn("?hide=nightbot");

  assert.ok(isWanted(message("hello!"), options));
  assert.ok(isWanted(message("!!!"), options));
  assert.ok(!isWanted(message("!song"), options));
  assert.ok(!isWanted(message("hello", "NightBot"), options));
  assert.ok(!isWanted({ ...message("hello"), removed: "moderator" }, options));
  assert.ok(isWanted(message("!song"), optionsIn("?commands=show")));
});
