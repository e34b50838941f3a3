import type { Progress } from '../rehearsal/progress';

const redrawEveryMs = 500;

/**
 * On a terminal, one line that is drawn again and again with the steps that run; elsewhere, plain lines.
 *
 * Progress goes to standard error, so that standard output holds the report alone.
 */
export function terminalProgress(output: NodeJS.WriteStream = process.stderr): Progress {
  const running = new Map<string, number>();
  const live = output.isTTY === true;
  let timer: NodeJS.Timeout | undefined;

  const clear = () => {
    if (live) output.write('\r\u001b[K');
  };
  const draw = () => {
    if (!live || running.size === 0) return;
    const line = [...running].map(([title, start]) => `${title} (${seconds(start)} s)`).join(', ');
    output.write(`\r\u001b[K… ${line}`.slice(0, (output.columns ?? 80) + 4));
  };
  const print = (line: string) => {
    clear();
    output.write(`${line}\n`);
    draw();
  };
  const begin = (title: string) => {
    running.set(title, Date.now());
    if (!live) print(`… ${title}`);
    timer ??= live ? setInterval(draw, redrawEveryMs).unref() : undefined;
    draw();
  };
  const end = (title: string, mark: string) => {
    const start = running.get(title) ?? Date.now();
    running.delete(title);
    if (running.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    print(`${mark} ${title} (${seconds(start)} s)`);
  };

  return {
    note: print,
    async step(title, work) {
      begin(title);
      try {
        const result = await work();
        end(title, '✔');
        return result;
      } catch (error) {
        end(title, '✘');
        throw error;
      }
    },
  };
}

const seconds = (start: number): string => ((Date.now() - start) / 1000).toFixed(1);
