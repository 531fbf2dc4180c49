import { readFileSync } from 'node:fs';

/** The kernel reports processor time in hundredths of a second. Source: USER_HZ, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Processor seconds (user and system) that a process has used, all its threads included; 0 where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  const stat = readProc(`${pid}/stat`);
  // The command's name may hold anything, so fields are counted from its closing bracket: utime is 12th, stime 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

/** The most memory a process has held, in bytes; 0 where there is no /proc. */
export function peakRssOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readProc(`${pid}/status`))?.[1] ?? 0) * 1024;
}

/** Processor time of the whole machine since it started, in seconds. */
export interface MachineTime {
  readonly all: number;
  /** Programs and the kernel working for them, interrupts left out. */
  readonly busy: number;
  /** What the host gave to other machines while this one wanted to run. */
  readonly stolen: number;
}

/** Reads the machine's processor time. Source: proc(5), the line `cpu` of /proc/stat. */
export function machineTime(): MachineTime {
  const line = /^cpu +(.*)$/m.exec(readProc('stat'))?.[1] ?? '';
  const seconds = line.split(' ').map((ticks) => Number(ticks) / TICKS_PER_SECOND);
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, hardware = 0, software = 0, stolen = 0] = seconds;
  const busy = user + nice + system;
  return { all: busy + idle + wait + hardware + software + stolen, busy, stolen };
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
