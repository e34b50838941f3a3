/**
 * Day (ISO) on which somebody last read the lifecycle tables of this folder against their sources.
 *
 * Synth compares with this day and not with the clock: the same commit must give the same output on every machine and
 * in every year. Commands that look at the live world pass today's date instead. Whoever reviews the tables moves it.
 */
export const reviewDate = '2026-11-23';
