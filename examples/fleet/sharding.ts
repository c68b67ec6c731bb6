/** What all members of the cluster have to agree on. */
import type { ShardingConfig } from "@effect/cluster"

/**
 * Jobs go by shards, and each shard has one worker at a time. A worker that was killed is missed when its heartbeat is six
 * seconds old, or when it doesn't answer a ping. The defaults (35 seconds, a minute) are for machines that may be slow for
 * a while without being dead.
 */
export const sharding = {
  shardsPerGroup: 60,
  shardLockExpiration: "6 seconds",
  shardLockRefreshInterval: "2 seconds",
  refreshAssignmentsInterval: "1 second",
  runnerHealthCheckInterval: "2 seconds",
  entityMessagePollInterval: "2 seconds",
  // How long a shard that goes to another worker is kept for the steps that are under way.
  entityTerminationTimeout: "3 seconds"
} as const satisfies Partial<ShardingConfig.ShardingConfig["Type"]>
