import { terminalProgress } from '../../../lib/cli/progress';

function fakeStream(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) > 0 };
  return { written, progress: terminalProgress(stream as unknown as NodeJS.WriteStream) };
}

describe('without a terminal', () => {
  test('plain lines: begin, end with seconds, notes', async () => {
    const { written, progress } = fakeStream(false);
    await progress.step('deploy', async () => progress.note('halfway'));
    expect(written.map((line) => line.replace(/\d+\.\d/, 'N'))).toEqual([
      '… deploy\n',
      'halfway\n',
      '✔ deploy (N s)\n',
    ]);
  });

  test('a failed step says so and passes its error on', async () => {
    const { written, progress } = fakeStream(false);
    await expect(progress.step('deploy', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(written.at(-1)).toMatch(/^✘ deploy \(\d+\.\d s\)\n$/);
  });

  test('gives what the step gives', async () => {
    await expect(fakeStream(false).progress.step('count', async () => 42)).resolves.toBe(42);
  });
});

describe('on a terminal', () => {
  test('the running steps stand on one line, no longer than the terminal, and give way to finished ones', async () => {
    const { written, progress } = fakeStream(true);
    await Promise.all([
      progress.step('a step with a long title', async () => {}),
      progress.step('another step with a long title', async () => {}),
    ]);
    const drawn = written.filter((text) => text.includes('…'));
    expect(drawn.length).toBeGreaterThan(0);
    const eraseLine = '\r\u001b[K';
    for (const text of drawn) expect(text.replace(eraseLine, '').length).toBeLessThanOrEqual(40);
    expect(written.filter((text) => text.startsWith('✔'))).toHaveLength(2);
  });
});
