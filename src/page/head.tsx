/** What stands above all pages. */
export function Head({ tool }: { readonly tool: string }) {
  return <>
    <svg width="0" height="0" aria-hidden="true"><defs>
      <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"><line y2="5" class="stroke" /></pattern></defs></svg>
    <header><a href="#">mmreplay</a><span>{tool}</span></header>
  </>;
}
