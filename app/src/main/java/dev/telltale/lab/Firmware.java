package dev.telltale.lab;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What a handset's software does by itself.
 *
 * @param about one line
 * @param tls the version its libraries speak
 * @param plan the plan that shows what it does
 * @param moved hosts that it asks elsewhere, under their usual names
 * @param behaviours asked in this order after every step
 */
record Firmware(
        String name,
        String about,
        Tls.Version tls,
        String plan,
        Map<String, String> moved,
        List<Behaviour> behaviours) {

    /** One habit of a firmware; most steps do not concern it. */
    interface Behaviour {
        void after(Step step, Handset handset) throws IOException;
    }
}
