/** The times of `datetime-local` fields, which are those of the device. */

/** The IANA name of the device's time zone, which stands beside such fields. */
export function deviceZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The value of a field, in the time zone of the device. @param time ISO 8601 */
export function localTime(time: string): string {
  const at = new Date(time);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/** The inverse of `localTime`. */
export function toIso(value: FormDataEntryValue | null): string {
  return new Date(String(value)).toISOString();
}
