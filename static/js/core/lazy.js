/** What takes long to make is made when it is first used: browsers read 10 MB of tables for their first number. */

/** Return a function that returns what `make` makes, once. */
export function lazy(make) {
  let made;
  return () => (made ??= make());
}

/** Return what formats and selects as what `make` makes, of `Intl`. */
export function lazyIntl(make) {
  const made = lazy(make);
  return { format: (value) => made().format(value), select: (value) => made().select(value) };
}
