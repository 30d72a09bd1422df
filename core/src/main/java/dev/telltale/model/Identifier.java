package dev.telltale.model;

/**
 * One value of the persona, named but not shown.
 *
 * @param id {@code imei[0]}, {@code contacts[2].phone}, {@code custom.NAME[0]}
 * @param kind {@code imei}, {@code contact_phone}, ...
 * @param personal counts against the phone under the default policy
 */
public record Identifier(String id, String kind, Scope scope, boolean personal) {}
