/** Names of hosts, asked of whoever the system asks. */
export interface Resolver {
  /** IPs of a name, as text, in any order; none where it has none or nobody answers. */
  resolve(name: string): Promise<readonly string[]>;
}
