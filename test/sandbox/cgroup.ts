import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/**
 * The memory and processor time of a Lambda's size, by Linux's control groups: version 1, or version 2
 * where the whole machine uses it. Both want root.
 */

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html: one vCPU at this size. */
const MB_A_CPU = 1769;

/** Short, so that a small function is not stopped for longer than Lambda would. */
const PERIOD_US = 20_000;

const ROOT = "/sys/fs/cgroup";

const version = findVersion();

/** Whether this process can give a function less than the whole machine. A container may forbid it to root. */
export const canLimit = process.getuid?.() === 0 && version !== undefined && mayLimit();

export class ControlGroup {
  /** Folders that a process enters by writing its id into their `cgroup.procs`. */
  readonly folders: readonly string[];

  constructor(name: string, memoryMb: number) {
    const quotaUs = Math.round((PERIOD_US * memoryMb) / MB_A_CPU);
    if (version === 2) {
      writeFileSync(join(ROOT, "cgroup.subtree_control"), "+cpu +memory");
      const folder = join(ROOT, name);
      this.folders = [folder];
      mkdirSync(folder);
      writeFileSync(join(folder, "cpu.max"), `${quotaUs} ${PERIOD_US}`);
      writeFileSync(join(folder, "memory.max"), `${memoryMb}M`);
      return;
    }
    const cpu = join(ROOT, "cpu", name);
    const memory = join(ROOT, "memory", name);
    this.folders = [cpu, memory];
    for (const folder of this.folders) mkdirSync(folder);
    writeFileSync(join(cpu, "cpu.cfs_period_us"), String(PERIOD_US));
    writeFileSync(join(cpu, "cpu.cfs_quota_us"), String(quotaUs));
    writeFileSync(join(memory, "memory.limit_in_bytes"), `${memoryMb}M`);
  }

  /** The most memory its processes had so far, page cache included, MB. */
  get peakMb(): number {
    const file = version === 2 ? "memory.peak" : "memory.max_usage_in_bytes";
    return Number(readFileSync(join(this.folders.at(-1) ?? "", file), "utf8")) / 1024 ** 2;
  }

  /** A group can be removed a moment after its last process is gone. */
  async remove(): Promise<void> {
    for (const folder of this.folders) await removeEmpty(folder);
  }
}

function findVersion(): 1 | 2 | undefined {
  if (existsSync(join(ROOT, "cpu")) && existsSync(join(ROOT, "memory"))) return 1;
  const controllers = join(ROOT, "cgroup.controllers");
  const found = existsSync(controllers) ? readFileSync(controllers, "utf8").split(/\s/) : [];
  return found.includes("cpu") && found.includes("memory") ? 2 : undefined;
}

async function removeEmpty(folder: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY") throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`${folder} still has a process`);
}

function mayLimit(): boolean {
  const folders = version === 2 ? [ROOT] : [join(ROOT, "cpu"), join(ROOT, "memory")];
  try {
    for (const folder of folders) accessSync(folder, constants.W_OK);
    const walls = "mount --make-rprivate / && mount -t tmpfs tmpfs /tmp && setpriv --version";
    return spawnSync("unshare", ["--mount", "sh", "-c", walls]).status === 0;
  } catch {
    return false;
  }
}
