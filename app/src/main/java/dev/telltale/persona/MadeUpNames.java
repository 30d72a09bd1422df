package dev.telltale.persona;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Names of people, by region. Every given name is used once in a persona and every family name as
 * well, so that no two contacts share a part.
 */
final class MadeUpNames {
    private record Names(String given, String family) {}

    private static final Names WORLD =
            new Names(
                    "Amelia Bastian Celeste Dorian Elspeth Fergus Ginevra Hollis Imogen Jasper"
                            + " Katinka Leander Marisol Nathan Ottilie Percival Quentin Rosalind"
                            + " Sebastian Tabitha Ulrich Valerie Winston Xanthe Yolanda Zachary"
                            + " Beatrix Cornelius Delphine Everett",
                    "Ashworth Blackwood Carmichael Davenport Ellsworth Fairbanks Goldsmith"
                            + " Hathaway Ingleby Jellicoe Kingsley Lancaster Merriweather Northcott"
                            + " Osborne Pemberton Quillfeather Ravenscroft Silverstone Thornbury"
                            + " Underhill Vanderbilt Wetherby Yardley Zellweger Brightwater"
                            + " Cobblepot Dunwoody Eastwick Foxglove");

    private static final Map<String, Names> REGIONS =
            Map.of(
                    "IN",
                    new Names(
                            "Aarav Bhavani Chandra Devika Eshwar Farhan Gayatri Harish Ishaan"
                                    + " Jayanti Kavita Lakshman Meenakshi Nandini Omkar Padmini Qasim"
                                    + " Raghav Sarita Tanvi Upendra Vikram Yamini Zubeida Anjali"
                                    + " Bhaskar Chitra Dinesh Ekta Falguni",
                            "Agarwal Banerjee Chatterjee Deshmukh Easwaran Fernandes Gokhale"
                                    + " Hegde Iyengar Joshipura Kulkarni Lokhande Mukherjee Nambiar"
                                    + " Oberoi Patwardhan Qureshi Ramanathan Srinivasan Thakur"
                                    + " Upadhyay Venkatesan Wadekar Yadavalli Zaveri Bhattacharya"
                                    + " Chaudhuri Dasgupta Ghoshal Jayaraman"),
                    "CN",
                    new Names(
                            "Aiguo Baozhen Chunhua Dongmei Enlai Fengyi Guiying Hongmei Jianguo"
                                    + " Kaiming Lihua Meilin Ninghai Peizhi Qingyun Ruolan Shuzhen"
                                    + " Tianyu Weiming Xiulan Yanhong Zhiqiang Bingwen Cuifen Deming"
                                    + " Fangfang Guoliang Huifang Jinsong Liangyu",
                            "Ouyang Shangguan Zhuge Sima Dongfang Huangfu Gongsun Xiahou Zhangsun"
                                    + " Murong Linghu Yuwen Chunyu Situ Zhongli Nangong Baili Dugu"
                                    + " Tantai Puyang Taishu Zhengzhang Wanyan Helian Zuoqiu Dongguo"
                                    + " Nanmen Huyan Guihai Weisheng"));

    private final List<String> given;
    private final List<String> family;

    MadeUpNames(String region, Random random) {
        Names n = REGIONS.getOrDefault(region, WORLD);
        given = shuffled(n.given, random);
        family = shuffled(n.family, random);
    }

    private static List<String> shuffled(String words, Random random) {
        List<String> list = new ArrayList<>(List.of(words.split(" ")));
        Collections.shuffle(list, random);
        return list;
    }

    int left() {
        return Math.min(given.size(), family.size());
    }

    String next() {
        return given.removeLast() + " " + family.removeLast();
    }
}
