"""Labels from an edited sheet: a workbook that nobody trusts becomes cells, cells become answers, answers become labels."""
