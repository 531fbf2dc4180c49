import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, type Stage } from '../../src/core/errors.ts';

/** The chapter of each stage, in the order of the page. */
const CHAPTERS: Readonly<Record<Stage, string>> = {
  config: 'Configuration',
  mapping: 'Mappings',
  receive: 'Receiving',
  route: 'Routing',
  deliver: 'Delivering',
  store: 'The store',
  api: 'API and commands',
};

interface Section {
  readonly code: string;
  readonly chapter: string;
  readonly cause: string;
  readonly remedy: string;
}

const sections = readSections(readFileSync('docs/errors.md', 'utf8'));
const codes = Object.keys(ERRORS) as ErrorCode[];

describe('docs/errors.md', () => {
  it('explains every code of the catalogue once, and no other', () => {
    const how = 'Add the code to src/core/errors.ts and a section to docs/errors.md, or remove both.';
    expect(sections.map(({ code }) => code).sort(), how).toEqual([...codes].sort());
  });

  it('has a chapter for every stage', () => {
    expect([...new Set(sections.map(({ chapter }) => chapter))]).toEqual(Object.values(CHAPTERS));
  });

  it.each(codes)('says of %s what happened and what to do, in the chapter of its stage', (code) => {
    const { stage, remedy } = ERRORS[code];
    const section = sections.find((one) => one.code === code);
    expect(section?.chapter, `Move the section of ${code} to the chapter of the stage ${stage}.`).toBe(CHAPTERS[stage]);
    expect(section?.cause, `Say in a sentence what has happened when ${code} appears.`).toMatch(/^[A-Z`].*\.$/s);
    expect(section?.remedy, `Repeat the remedy of ${code} from src/core/errors.ts; more may follow.`).toContain(remedy);
  });
});

function readSections(text: string): readonly Section[] {
  const chapters = text.split(/^## /m).slice(1);
  return chapters.flatMap((chapter) => {
    const [title = '', ...parts] = chapter.split(/^### /m);
    return parts.map((part) => sectionOf(title.split('\n', 1)[0] ?? '', part));
  });
}

function sectionOf(chapter: string, part: string): Section {
  const [heading = '', ...body] = part.split('\n');
  const [cause = '', remedy = ''] = body.join(' ').split('**Remedy:**');
  return { code: heading.replaceAll('`', '').trim(), chapter, cause: cause.trim(), remedy: remedy.trim() };
}
