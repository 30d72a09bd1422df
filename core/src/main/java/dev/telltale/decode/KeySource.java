package dev.telltale.decode;

import java.util.List;

/** Knows under which names the value being looked at stands; asked on a hit only. */
interface KeySource {
    KeySource NONE = List::of;

    List<String> keys();
}
