import { FONTS, palette } from './theme.js';

/** The style sheet of a report page; its paper is that of the figures, so that they lie in it without an edge. */
export const reportStyle = `:root{color-scheme:light dark;${variables('light')}--link:#0550ae;--good:#0067a0;--bad:#b34700}
@media screen and (prefers-color-scheme:dark){:root{${variables('dark')}--link:#79b8ff;--good:#56b4e9;--bad:#ff8c42}}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font-family:${FONTS};font-size:16px;line-height:1.5}
body{margin:0 auto;max-width:1120px;padding:1.5rem 1rem 3rem}
h1{font-size:1.75rem;line-height:1.2;margin:0;overflow-wrap:anywhere}
h2{font-size:1.25rem;line-height:1.3;margin:2.5rem 0 .5rem;overflow-wrap:anywhere}
p{margin:.5rem 0;max-width:70ch;overflow-wrap:anywhere}
.subtitle{color:var(--muted)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:1rem 0 0;padding:.5rem 0;border-block:1px solid var(--grid)}
a{color:var(--link)}
a:focus-visible,.table:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:1rem;margin:1rem 0;align-items:start}
figure{margin:0;max-width:640px;min-width:0;border:1px solid var(--grid);border-radius:6px;overflow:hidden;break-inside:avoid}
figure svg{display:block;width:100%;height:auto}
figcaption{padding:.25rem 1rem .75rem;font-size:.875rem;color:var(--muted);overflow-wrap:anywhere}
.table{position:relative;overflow-x:auto;margin:1rem 0;max-width:100%}
table{border-collapse:collapse;font-size:.9375rem}
caption{text-align:start;font-weight:400;padding:0 0 .375rem}
caption>span{display:inline-block;position:sticky;left:0;max-width:calc(100vw - 5rem)}
.whole{white-space:nowrap}
caption a{font-weight:400;font-size:.875rem;margin-inline-start:.5rem}
th,td{text-align:start;padding:.3125rem 1.25rem .3125rem 0;border-bottom:1px solid var(--grid);vertical-align:top}
thead th{border-bottom:1px solid var(--axis);vertical-align:bottom}
tbody th{font-weight:500;min-width:8rem}
.number{text-align:end;font-variant-numeric:tabular-nums}
.named-values th{overflow-wrap:anywhere}
.named-values td{overflow-wrap:anywhere;min-width:30%;font-variant-numeric:tabular-nums}
ol.claims{padding-inline-start:1.5rem;margin:1rem 0}
ol.claims>li{margin:0 0 1.5rem;padding-inline-start:.25rem}
.claim{font-weight:600}
.source{font-weight:400;color:var(--muted)}
.run{font-weight:600}
.verdict{display:inline-block;font-weight:600;white-space:nowrap;padding:0 .5em;border:1.5px solid;border-radius:1em;line-height:1.4;font-size:.9375em}
.good{color:var(--good)}.bad{color:var(--bad)}.open{color:var(--muted)}
footer{font-size:.9375rem;border-top:1px solid var(--grid);margin-top:3rem}
footer h2{font-size:1.0625rem;margin-top:1.5rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media print{html{font-size:11pt}body{max-width:none;padding:0}nav,.csv{display:none}figure{max-width:13cm}.table{overflow:visible}h2{break-after:avoid}tr{break-inside:avoid}}`;

function variables(scheme: 'light' | 'dark'): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour[scheme]};`)
    .join('');
}
