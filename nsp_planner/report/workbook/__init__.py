"""The one writer of workbooks. In: tables. Out: ``.xlsx`` files that look and print alike and hold no formula."""
