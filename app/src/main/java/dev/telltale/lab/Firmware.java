package dev.telltale.lab;

import java.io.IOException;
import java.util.List;

/**
 * What a handset's software does by itself.
 *
 * @param behaviours asked in this order after every step
 */
record Firmware(String name, List<Behaviour> behaviours) {

    /** One habit of a firmware; most steps do not concern it. */
    interface Behaviour {
        void after(Step step, Handset handset) throws IOException;
    }

    /**
     * As shipped until 2014-08-10: cloud messaging starts by itself and speaks HTTP. In the order
     * of a start-up; docs/lab.md says which habits are published and which are inferred.
     */
    static final Firmware JULY_2014 =
            new Firmware(
                    "2014-07",
                    List.of(
                            Behaviours::connectivityCheck,
                            Behaviours::updateCheck,
                            Behaviours::smsGateway,
                            Behaviours::activation,
                            Behaviours::ownNumberLookup,
                            Behaviours::contactLookup,
                            Behaviours::peerLookup,
                            Behaviours::presetGreetings));
}
