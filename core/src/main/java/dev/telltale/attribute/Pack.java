package dev.telltale.attribute;

/**
 * One set of reference data.
 *
 * @param name short and stable, as {@code hosts} or {@code ip-country}
 * @param title what a reader is told: the source's own name and version
 * @param date ISO date of the data, not of its conversion
 * @param licence of the data, as its source gives it
 * @param sha256 of the file as it is read
 * @param lastsDays how far from the date a recording may lie before a reader is warned
 */
public record Pack(
        String name, String title, String date, String licence, String sha256, int lastsDays) {

    /** What stands behind a label: {@code title, date, licence}. */
    public String cited() {
        return title + ", " + date + ", " + licence;
    }
}
