/** What is made of an object once, however often it is asked for, and goes with the object. */
export function onceFor<K extends object, V>(make: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, V>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined || known.has(of)) return before as V;
    const value = make(of);
    known.set(of, value);
    return value;
  };
}
