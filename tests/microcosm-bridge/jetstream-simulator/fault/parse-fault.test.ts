import t from 'tap';
import {
  faultNames,
  parseFault,
} from '../../../../microcosm-bridge/jetstream-simulator/fault/parse-fault.js';

t.test('every fault can be written with all its fields', async (t) => {
  const faults = [
    { fault: 'none' },
    { fault: 'refuse', forMs: 1 },
    { fault: 'unreachable', forMs: 1000 },
    { fault: 'silent' },
    { fault: 'close', afterEvents: 0, times: 1, abrupt: true, closeCode: 1011 },
    { fault: 'garbage', garbage: 'huge-frame', sizeBytes: 9, everyEvents: 1 },
    { fault: 'jump-back', events: 10, afterEvents: 20, everyEvents: 11 },
    { fault: 'retention', oldestTimeUs: 0 },
  ];
  for (const fault of faults) t.same(parseFault(fault), fault, fault.fault);
  t.same(
    faults.map(({ fault }) => fault),
    faultNames,
    'no other is there'
  );
});

t.test('what is no fault is refused by the name of the field', async (t) => {
  const cases: [unknown, RegExp][] = [
    [null, /object/],
    [[], /object/],
    ['silent', /object/],
    [{}, /"fault" must be none, refuse/],
    [{ fault: 'constructor' }, /"fault" must be/],
    [{ fault: 'silent', afterEvents: 1 }, /no field "afterEvents"/],
    [{ fault: 'silent', toString: 1 }, /no field "toString"/],
    [{ fault: 'silent', forMs: 0 }, /"forMs" of silent/],
    [{ fault: 'silent', forMs: 2 ** 31 }, /"forMs" of silent/],
    [{ fault: 'close', afterEvents: -1 }, /"afterEvents"/],
    [{ fault: 'close', afterEvents: '1' }, /"afterEvents"/],
    [{ fault: 'close', closeCode: 999 }, /"closeCode"/],
    [{ fault: 'garbage' }, /needs "garbage"/],
    [{ fault: 'garbage', garbage: 'spam' }, /"garbage"/],
    [{ fault: 'retention' }, /needs "oldestTimeUs"/],
    [{ fault: 'jump-back', events: 5, everyEvents: 5 }, /must be more/],
    [{ fault: 'jump-back', everyEvents: 100 }, /must be more/],
  ];
  for (const [value, message] of cases) {
    t.throws(() => parseFault(value), { code: 'bad-fault', message });
  }
});
