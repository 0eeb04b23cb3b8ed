/** A program in a file of its own, as it is sent to machines: see scripts/programs.js. */
declare module '*.sh' {
  const text: string;
  export default text;
}

declare module '*.pl' {
  const text: string;
  export default text;
}
