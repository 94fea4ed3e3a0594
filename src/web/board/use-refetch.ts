/** Reads a query again whenever a version changes, but not at first. */
import { useEffect, useRef } from 'preact/hooks';

export function useRefetch(refetch: () => void, version: string | number): void {
  const read = useRef(version);
  useEffect(() => {
    if (read.current === version) return;
    read.current = version;
    refetch();
  }, [refetch, version]);
}
