import { describe, expect, it } from 'vitest';
import { Memo } from '../../../src/storage/sqlite/memo.ts';

function counted(): { memo: Memo<number, string>; asked: number[] } {
  const asked: number[] = [];
  const find = (key: number): string => {
    asked.push(key);
    return `row ${key}`;
  };
  return { memo: new Memo(find), asked };
}

describe('a memo', () => {
  it('asks once for what is used', () => {
    const { memo, asked } = counted();
    expect([memo.of(1), memo.of(1), memo.of(2)]).toEqual(['row 1', 'row 1', 'row 2']);
    expect(asked).toEqual([1, 2]);
  });

  it('remembers 20,000 keys that come in turn', () => {
    const { memo, asked } = counted();
    for (let turn = 0; turn < 3; turn++) for (let key = 0; key < 20_000; key++) memo.of(key);
    expect(asked).toHaveLength(20_000);
  });

  it('keeps what is in use while others come and go, and forgets those', () => {
    const { memo, asked } = counted();
    for (let key = 1; key <= 200_000; key++) {
      memo.of(key);
      if (key % 1_000 === 0) memo.of(0);
    }
    expect(asked.filter((key) => key === 0)).toHaveLength(1);
    memo.of(1);
    expect(asked.filter((key) => key === 1)).toHaveLength(2);
  });

  it('asks anew after a rollback', () => {
    const { memo, asked } = counted();
    memo.of(1);
    memo.reset();
    memo.of(1);
    expect(asked).toEqual([1, 1]);
  });
});
