/**
 * The page's only script; its hash is in the page's policy. It puts a newer
 * page's content in the place of this one's; without scripts the page loads
 * itself anew.
 */
export const PAGE_SCRIPT = `
const every = 5000;
async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch('/status', { signal: AbortSignal.timeout(4000) });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const [fresh, old] = [page.querySelector('main'), document.querySelector('main')];
      if (fresh && old) old.replaceWith(fresh);
      document.title = page.title;
      document.body.classList.remove('lost');
    } catch {
      document.body.classList.add('lost');
    }
  }
  setTimeout(refresh, every);
}
setTimeout(refresh, every);
`;
