/** The page's only style sheet; its hash is in the page's policy. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --card: #ffffff; --edge: #e4e3de; --text: #23262b;
  --quiet: #6a6f78; --line: #3f6fa3; --area: #3f6fa31f; --good: #2c7a57;
  --warn: #96640f; --bad: #ae3d36; --track: #ecebe6;
  --local: #3f6fa3; --remote: #8a6bb0; --memory: #4f9b7f; --redis: #c0885a;
  --stale: #a8a49a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171b; --card: #1d2025; --edge: #2c3037; --text: #e4e5e8;
    --quiet: #979da8; --line: #7fabdb; --area: #7fabdb24; --good: #6cc29a;
    --warn: #dcae5c; --bad: #e88a82; --track: #2a2d33;
    --local: #7fabdb; --remote: #b49bd6; --memory: #6fbf9f; --redis: #d9a679;
    --stale: #77736a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1080px; margin: 0 auto; padding: 28px 20px 40px; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; margin-bottom: 20px; }
h1 { font-size: 20px; font-weight: 600; margin: 0; }
h2 { font-size: 13px; font-weight: 600; margin: 0; color: var(--quiet); }
header p { margin: 0; color: var(--quiet); flex-basis: 100%; }
.grid { display: grid; gap: 14px; grid-template-columns: repeat(4, minmax(0, 1fr)); }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 14px 16px; min-width: 0; }
#rate, #latency, #hits, #load { display: flex; flex-direction: column; }
#rate .spark, #latency .spark, #hits .spark, #load .spark { margin-top: auto; }
.half { grid-column: span 2; }
.whole { grid-column: 1 / -1; }
.top { display: flex; justify-content: space-between; align-items: center; gap: 10px; }
.big { font-size: 26px; font-weight: 600; line-height: 1.3; margin: 4px 0 0; }
.big small { font-size: 14px; font-weight: 400; color: var(--quiet); }
.note { color: var(--quiet); font-size: 13px; margin: 2px 0 0; overflow-wrap: anywhere; }
.pill { font-size: 13px; font-weight: 600; padding: 1px 10px; border-radius: 99px; border: 1px solid; white-space: nowrap; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .plain { color: var(--quiet); }
.spark { display: block; width: 100%; height: 40px; margin-top: 8px; flex: none; }
.note + .spark { padding-top: 8px; height: 48px; }
.spark .line { fill: none; stroke: var(--line); stroke-width: 1.6; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.spark .base { stroke: var(--edge); stroke-width: 2; vector-effect: non-scaling-stroke; }
.spark .area { fill: var(--area); stroke: none; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 3px 16px; margin: 10px 0 0; }
dt { color: var(--quiet); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; margin-top: 6px; }
.pair h3 { font-size: 12px; font-weight: 400; color: var(--quiet); margin: 6px 0 0; }
.bar { display: block; width: 100%; height: 10px; margin-top: 12px; border-radius: 5px; background: var(--track); }
.bar .done { fill: var(--line); }
.local { fill: var(--local); } .remote { fill: var(--remote); } .memory { fill: var(--memory); } .redis { fill: var(--redis); } .stale { fill: var(--stale); }
ul.key { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 10px 0 0; padding: 0; }
ul.key svg { width: 10px; height: 10px; margin-right: 6px; }
footer { margin-top: 18px; color: var(--quiet); font-size: 13px; display: flex; flex-wrap: wrap; gap: 4px 16px; }
footer a { color: inherit; }
#lost { display: none; }
.lost #lost { display: inline; color: var(--bad); font-weight: 600; }
@media (max-width: 820px) { .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 560px) {
  main { padding: 18px 14px 32px; }
  .half { grid-column: 1 / -1; }
  .card { padding: 12px 14px; }
  .big { font-size: 22px; }
}
`;
