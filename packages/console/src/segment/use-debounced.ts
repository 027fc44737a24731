import { useEffect, useState } from 'react';

/** A value that follows another once that has rested. */
export function useDebounced<T>(value: T, restMs: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const waiting = setTimeout(() => setRested(value), restMs);
    return () => clearTimeout(waiting);
  }, [value, restMs]);
  return rested;
}
