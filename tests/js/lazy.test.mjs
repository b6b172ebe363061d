import assert from "node:assert/strict";
import { test } from "node:test";

import { lazy, lazyIntl } from "../../static/js/core/lazy.js";

test("what takes long is made once, and not before it is needed", () => {
  let made = 0;
  const expensive = lazy(() => ({ number: (made += 1) }));
  assert.equal(made, 0);

  assert.equal(expensive(), expensive());
  assert.equal(made, 1);
});

test("it formats and selects as what stands behind it", () => {
  const number = lazyIntl(() => new Intl.NumberFormat("vi"));
  const plural = lazyIntl(() => new Intl.PluralRules("en"));

  assert.deepEqual([number.format(1234.5), plural.select(1), plural.select(2)], ["1.234,5", "one", "other"]);
});
