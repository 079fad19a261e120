/** The style sheet of every page; its hash is in their policy. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --card: #ffffff; --edge: #dddcd6; --text: #23262b;
  --quiet: #646972; --link: #2f5f93; --warn: #8a5a0a; --bad: #ae3d36;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171b; --card: #1d2025; --edge: #343941; --text: #e4e5e8;
    --quiet: #9ba1ac; --link: #8bb5e2; --warn: #dcae5c; --bad: #e88a82;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 860px; margin: 0 auto; padding: 24px 20px 40px; }
a { color: var(--link); }
h1 { font-size: 21px; font-weight: 600; margin: 0 0 4px; }
h2 { font-size: 16px; font-weight: 600; margin: 28px 0 10px; }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
.note { color: var(--quiet); margin: 0 0 12px; overflow-wrap: anywhere; }
.mark { color: var(--warn); border: 1px solid; border-radius: 8px; padding: 6px 12px; margin: 12px 0; }
.bad { color: var(--bad); overflow-wrap: anywhere; }
.big { font-size: 28px; font-weight: 600; margin: 14px 0 4px; font-variant-numeric: tabular-nums; }
.big small { font-size: 15px; font-weight: 400; color: var(--quiet); }
.onward { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 14px 0; padding: 0; list-style: none; }
dl.stats { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 10px; margin: 16px 0; }
dl.stats div { background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 8px 12px; }
dt { color: var(--quiet); font-size: 13px; }
dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
details { background: var(--card); border: 1px solid var(--edge); border-radius: 8px; margin: 8px 0; }
summary { padding: 10px 14px; cursor: pointer; font-weight: 600; }
summary code { display: block; font-weight: 400; color: var(--quiet); }
form { padding: 2px 14px 14px; display: grid; gap: 10px; }
label { display: grid; gap: 3px; }
label span { font-size: 13px; color: var(--quiet); }
input { width: 100%; font: 14px ui-monospace, SFMono-Regular, Menlo, monospace; color: inherit; background: var(--ground); border: 1px solid var(--edge); border-radius: 6px; padding: 8px 10px; }
label.flag { display: flex; gap: 8px; align-items: center; }
label.flag input { width: auto; }
button { font: inherit; font-weight: 600; color: var(--card); background: var(--link); border: 0; border-radius: 6px; padding: 8px 18px; cursor: pointer; }
.go { display: flex; flex-wrap: wrap; gap: 8px 18px; align-items: center; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--edge); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: 13px; }
th, td { padding: 7px 12px; border-bottom: 1px solid var(--edge); vertical-align: top; overflow-wrap: anywhere; }
th { overflow-wrap: normal; }
tbody tr:last-child td { border-bottom: 0; }
.number { font-variant-numeric: tabular-nums; }
footer { margin-top: 30px; color: var(--quiet); font-size: 13px; display: flex; flex-wrap: wrap; gap: 4px 18px; }
@media (max-width: 560px) {
  main { padding: 16px 12px 32px; }
  dl.stats { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  th, td { padding: 6px 8px; }
}
`;
