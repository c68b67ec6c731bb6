export interface Other {
  readonly track: (id: string) => Promise<string>
  readonly saved: (offset: number) => Promise<{ readonly items: ReadonlyArray<unknown>; readonly next: string | null }>
}

export declare const officialSdk: (origin: string) => Other
export declare const soundify: (origin: string) => Other
export declare const webApiNode: (origin: string) => Other
