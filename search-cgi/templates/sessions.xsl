<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- The sessions of a page's account; "action" and "all" of the form that ends
     them, and what else it has to say, are the page's. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">

  <xsl:template name="sessions">
    <xsl:param name="action"/>
    <xsl:param name="identifier"/>
    <xsl:param name="all"/>
    <xsl:param name="all-text"/>
    <form class="sessions" method="post" action="{$action}">
      <input type="hidden" name="csrf" value="{/page/reader/@csrf}"/>
      <xsl:if test="$identifier != ''"><input type="hidden" name="identifier" value="{$identifier}"/></xsl:if>
      <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Open sessions')}"><table>
        <thead><tr>
          <th scope="col"><xsl:value-of select="t:t('Begun')"/></th>
          <th scope="col"><xsl:value-of select="t:t('Last used')"/></th>
          <th scope="col"><xsl:value-of select="t:t('From')"/></th>
          <th scope="col"><xsl:value-of select="t:t('Session')"/></th>
        </tr></thead>
        <tbody>
          <xsl:for-each select="/page/session">
            <tr>
              <td><xsl:call-template name="moment"><xsl:with-param name="utc" select="@begun"/></xsl:call-template></td>
              <td><xsl:call-template name="moment"><xsl:with-param name="utc" select="@used"/></xsl:call-template></td>
              <td class="id"><xsl:value-of select="@origin"/><xsl:if test="@certificate"><xsl:text> </xsl:text><xsl:value-of select="t:t('(certificate)')"/></xsl:if></td>
              <td>
                <xsl:choose>
                  <xsl:when test="@own"><xsl:value-of select="t:t('this one')"/></xsl:when>
                  <xsl:otherwise><button class="plain" type="submit" name="session" value="{@id}" aria-label="{t:t('End the session begun %1', translate(@begun, 'TZ', '  '))}"><xsl:value-of select="t:t('End')"/></button></xsl:otherwise>
                </xsl:choose>
              </td>
            </tr>
          </xsl:for-each>
        </tbody>
      </table></div>
      <xsl:if test="/page/session[not(@own)]">
        <p><button type="submit" name="session" value="{$all}"><xsl:value-of select="$all-text"/></button></p>
      </xsl:if>
    </form>
  </xsl:template>
</xsl:stylesheet>
