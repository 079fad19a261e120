import t from 'tap';
import { commit, openTestIndex } from '../../../fixtures/index-store.js';
import {
  countOthers,
  joinPage,
} from '../../../../microcosm-bridge/constellation-embedded/store/many-to-many.js';

const A = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';
const GATE = 'app.bsky.feed.threadgate';
const POST = 'at://did:plc:author/app.bsky.feed.post/3l3qo2vutsw2b';
const HIDDEN = [`${POST}1`, `${POST}2`, `${POST}3`] as const;
const QUESTION = {
  subject: POST,
  source: { collection: GATE, path: '.post' },
  pathToOther: '.hiddenReplies[]',
  dids: new Set<string>(),
};

t.test('of a record that names several others', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  const record = { post: POST, hiddenReplies: HIDDEN };
  index.apply(commit('create', A, GATE, '1', record));
  const counted = async (...subjects: string[]) => {
    const request = { ...QUESTION, otherSubjects: new Set(subjects) };
    const page = { limit: 10, from: null };
    const { items } = await countOthers(index.reader, request, page);
    return items.map(({ subject, total }) => [subject, total]);
  };
  const [first, second, third] = HIDDEN;
  t.same(await counted(), [[first, 1]], 'the first one counts');
  t.same(
    await counted(third, second),
    [[second, 1]],
    'the first of those that are asked for counts'
  );
  const all = { ...QUESTION, otherSubjects: new Set([second, third]) };
  const { items } = joinPage(index.reader, all, { limit: 10, from: null });
  t.same(
    items.map(({ otherSubject }) => otherSubject),
    [second, third],
    'all of those are listed'
  );
});
