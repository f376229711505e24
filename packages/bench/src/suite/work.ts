/** What one call of a task does, so that its time reads as rates. */
export interface Work {
  /** Floating-point operations; a multiply-add counts as 2. */
  readonly flops?: number;
  /** Bytes read and written. */
  readonly bytes?: number;
  /** Things made or passed through, such as images. */
  readonly items?: number;
  /** The probe whose rate is the ceiling of this task's. */
  readonly ceiling?: string;
}

/** A rate in the unit in which it is read. */
export interface Rate {
  readonly unit: 'GFLOP/s' | 'GB/s' | 'items/s';
  readonly value: number;
}

/** The rates of work that takes so many milliseconds; none where no work is declared. */
export function ratesOf({ flops, bytes, items }: Work, milliseconds: number): Rate[] {
  const seconds = milliseconds / 1000;
  return [
    ...(flops === undefined ? [] : [{ unit: 'GFLOP/s', value: flops / seconds / 1e9 } as const]),
    ...(bytes === undefined ? [] : [{ unit: 'GB/s', value: bytes / seconds / 1e9 } as const]),
    ...(items === undefined ? [] : [{ unit: 'items/s', value: items / seconds } as const]),
  ];
}

/** Refuses work that is not a positive amount. */
export function checkWork(operation: string, work: Work): void {
  for (const unit of ['flops', 'bytes', 'items'] as const) {
    const amount = work[unit];
    if (amount !== undefined && !(amount > 0 && amount < Number.POSITIVE_INFINITY))
      throw new Error(`${operation}: expected ${unit} above 0, got ${amount}`);
  }
}
