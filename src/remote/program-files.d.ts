/** A program in its own file, as it is sent to machines: see scripts/programs.js. */
declare module '*.sh' {
  const text: string;
  export default text;
}

declare module '*.pl' {
  const text: string;
  export default text;
}
