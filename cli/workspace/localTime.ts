/** A moment in the reader's own time zone, ISO 8601: `2026-11-21T08:00:00+01:00`. */
export function localIso(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const two = (number: number): string => String(number).padStart(2, "0");
  const shifted = new Date(date.getTime() + offset * 60_000);
  return `${shifted.toISOString().slice(0, 19)}${offset < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
}
