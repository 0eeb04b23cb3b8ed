const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** An amount of time without its sign: `90 s`, `3 h 5 min`, `2 d 1 h`. */
export function amount(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const first = UNITS.findIndex(([, size]) => whole >= size * (size === 60 ? 3 : 1));
  const parts = UNITS.slice(Math.max(0, first), first + 2).flatMap(([unit, size], index) => {
    const above = UNITS[first + index - 1]?.[1];
    const value = Math.floor((index === 0 || above === undefined ? whole : whole % above) / size);
    return value > 0 ? [`${value} ${unit}`] : [];
  });
  return parts.join(' ') || '0 s';
}
