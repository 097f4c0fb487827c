/** Where a job is claimed: lease, row read, heartbeat, hand-back. It promises that a job runs only while its lease holds and its row still has the entry's fence. */
@NullMarked
package io.millrace.core.dispatch;

import org.jspecify.annotations.NullMarked;
