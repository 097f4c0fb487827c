package io.millrace.worker.run;

import java.lang.management.ManagementFactory;
import java.util.function.IntSupplier;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * How many virtual threads of this process may run at the same moment. From Java 24 on the platform lets that be changed,
 * by a management bean that is asked for by name here, since Java 21 knows nothing of it.
 */
final class Carriers implements IntSupplier {

    private static final String BEAN = "jdk.management:type=VirtualThreadScheduler";
    private static final String COUNT = "Parallelism";

    /** The platform's own limit, unless a property sets another. */
    private static final int MOST = 256;

    /** Doubles their number; answers how many there may be now, or 0 when there can be no more. */
    @Override
    public int getAsInt() {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName scheduler = new ObjectName(BEAN);
            int before = (Integer) beans.getAttribute(scheduler, COUNT);
            int after = Math.min(MOST, 2 * before);
            if (after == before) {
                return 0;
            }
            beans.setAttribute(scheduler, new Attribute(COUNT, after));
            return after;
        } catch (JMException | RuntimeException e) {
            return 0;
        }
    }
}
