/** What is made of an object once, however often it is asked for, and goes with the object. */
export function onceFor<K extends object, V>(make: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before.value;
    const value = make(of);
    known.set(of, { value });
    return value;
  };
}
